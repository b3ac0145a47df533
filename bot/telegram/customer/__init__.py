"""Handlers for customers in their private chat."""
