"""Lanes of figures: going on, complaints, channels, measures, amounts, questions without an answer."""
