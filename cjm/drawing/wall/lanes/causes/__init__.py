"""Lanes of causes: barriers, reasons for not going on, customers' words, and changes under way."""
