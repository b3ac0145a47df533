"""Answers, the counters that they move, and reports that add counters up."""
