"""Figures from counters: scores with intervals, flow, changes, the map, the digest."""
