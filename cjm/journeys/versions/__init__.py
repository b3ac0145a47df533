"""Comparing two versions of a journey: what changed, in which words it is shown, and what is refused."""
