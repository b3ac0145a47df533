"""What the team planned, set beside the figures: targets and outcomes, channels, typed texts, hand-overs."""
