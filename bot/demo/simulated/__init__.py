"""Simulated customers of the demo: their walks, what they answer and write, and their diaries."""
