"""Handlers for managers in private, and for maps in a team's chat. For everybody else none of it exists."""
