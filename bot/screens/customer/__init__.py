"""Replies to customers."""
