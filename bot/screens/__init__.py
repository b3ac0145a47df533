"""Replies to people as plain values, without any messenger."""
