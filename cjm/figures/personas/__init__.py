"""Personas: their share of the visitors and their scores, by the rule that says who belongs to each."""
