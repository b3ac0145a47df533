"""Rows about messages: letters, the inbox, uploaded pictures, views."""
