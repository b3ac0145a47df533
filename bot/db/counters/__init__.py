"""Counters: every figure of a map is a sum of them."""
