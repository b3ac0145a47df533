"""Shapes of the exports of survey tools: one TOML file a tool, and how a table is recognized as an export of one.

What the questions of a table are cannot be known beforehand: `cjm.tables.guessing` finds them among the columns that a
profile does not name.
"""
