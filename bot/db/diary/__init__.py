"""Volunteer diaries: who keeps one, and what they wrote."""
