"""Rows of imports: compared with what their unit knows, stored, corrected, and taken back."""
