"""Rows of a conversation, read together from the rooms of asking, cases, delivery, journeys and people."""
