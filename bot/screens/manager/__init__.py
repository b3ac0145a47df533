"""Replies to managers."""
