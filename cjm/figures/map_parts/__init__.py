"""Parts of a map that only some lanes show: targets, channels, measures, amounts, and what the team typed."""
