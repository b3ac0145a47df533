"""Lives of customers through the database, with all that goes wrong, read by the checker of what was sent."""
