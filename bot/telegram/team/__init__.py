"""Handlers for the chats of teams: binding a group, and work on cases."""
