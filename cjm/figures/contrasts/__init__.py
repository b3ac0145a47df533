"""Sides of a difference map: what is compared with what, and whether their figures mean the same."""
