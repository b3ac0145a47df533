"""Rows about asking: invitations, decisions, responses, mutes."""
