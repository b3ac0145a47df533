"""Views of a journey in a chat: steps between them, and how voices are narrowed."""
