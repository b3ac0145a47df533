"""Figures of a day in the life: people and scores by the part of the day of their visits."""
