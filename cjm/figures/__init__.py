"""Figures: counters, scores with their intervals, tests of change, flow, the journey map and the digest."""
