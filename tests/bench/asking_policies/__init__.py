"""Policies of asking side by side: the same simulated customers, asked by the rules of before and of now."""
