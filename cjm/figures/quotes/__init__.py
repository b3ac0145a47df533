"""Quotes of customers, as a map may show them."""
