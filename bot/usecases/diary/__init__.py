"""Keeping a volunteer diary: joining and leaving it, and planning its messages."""
