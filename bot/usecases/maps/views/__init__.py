"""Views of a journey in a chat: what one shows, its voices, and views that are kept under a name."""
