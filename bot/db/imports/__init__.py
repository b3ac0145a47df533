"""Imports: named units of rows that can be corrected and taken back, and what is known of each row."""
