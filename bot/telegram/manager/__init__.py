"""Managers in private, and whoever looks at maps in a team's chat. To everybody else none of it exists."""
