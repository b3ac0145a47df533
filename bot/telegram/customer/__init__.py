"""Customers in their private chat."""
