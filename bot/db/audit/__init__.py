"""Audit log: who looked at whose words, and who changed journeys, roles, cases and data."""
