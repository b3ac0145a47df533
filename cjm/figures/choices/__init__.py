"""Choices on the map: their meaning, the reasons for not going on, and what people recall."""
