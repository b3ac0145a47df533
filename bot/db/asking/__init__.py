"""Rows about asking: decisions, invitations, responses, answers, mutes, awaited texts."""
