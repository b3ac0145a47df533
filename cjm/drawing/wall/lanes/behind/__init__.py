"""Lanes of what happens behind: what the team typed about the parts of the service that no customer sees."""
