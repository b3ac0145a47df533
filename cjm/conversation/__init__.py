"""Conversation about one invitation: its value, branches, turns, and the outcome for the invitation."""
