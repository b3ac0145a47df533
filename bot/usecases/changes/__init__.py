"""Changes that a team plans and makes: planned, made, moved and dropped by managers, listed for the team too."""
