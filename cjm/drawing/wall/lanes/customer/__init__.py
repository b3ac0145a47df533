"""Lanes about customers: what they want, do, think and feel, and how satisfied they are."""
