"""The sandbox as a bot and as people see it."""
