"""Findings about the asking: the best hour, who was heard, and whether they are like those who were there."""
