"""Rows about customers, managers, teams and personal links."""
