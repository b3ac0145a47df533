"""Replies in the chats of teams."""
