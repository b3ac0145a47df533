"""Rows as files."""

COMMANDS = ()
