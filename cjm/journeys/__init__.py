"""Journeys with their stages, touchpoints and surveys; reading, checking and comparing their files."""
