"""Dates and times in the cells of tables: formats, names of months, time zones in the text."""
