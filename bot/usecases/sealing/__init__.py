"""Seal conversations of anonymous journeys once nothing can be changed any more."""
