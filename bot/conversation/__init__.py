"""Load and save the conversation about one invitation."""
