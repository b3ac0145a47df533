"""Changes that teams make to their journeys."""
