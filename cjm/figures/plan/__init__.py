"""Parts of a map beside its scores: facts that events told, channels, and the team's plan with its outcomes."""
