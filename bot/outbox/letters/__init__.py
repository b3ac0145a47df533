"""Kinds of letters, one module a kind, and what they are made from."""
