"""Words of the changes that a team makes, and of their verdicts."""
