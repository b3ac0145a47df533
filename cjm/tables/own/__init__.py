"""Tropa's own exports: what stands in them, how they are written, and how their rows are read again."""
