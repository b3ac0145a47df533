"""Customers' links, settings, data and erasure."""
