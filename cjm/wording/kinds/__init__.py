"""Words of the kinds of maps that are more than what was measured: differences and plans."""
