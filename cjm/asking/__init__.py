"""Decisions about asking: rules, reasons, quiet hours, and the states of an invitation."""
