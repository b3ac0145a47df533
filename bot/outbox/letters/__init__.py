"""Kinds of letters, one module a kind, and the messages that letters and replies have in common."""
