"""Volunteer diary that a journey file may invite to."""
