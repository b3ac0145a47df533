"""Whom to ask, and when: rules, decisions with reasons, quiet hours."""
