"""Reads of the asking: what became of the questions of a period, and who of its visitors was heard."""
