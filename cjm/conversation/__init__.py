"""The conversation about one invitation as a state machine."""
