"""Rows about cases, and the chats that look after them."""
