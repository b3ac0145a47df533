"""What customers wrote, as a map may show it."""
