"""Walks through the stages: how many entered, which share went on, and the time they took."""
