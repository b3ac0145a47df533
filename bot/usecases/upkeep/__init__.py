"""Prune and retire old rows."""
