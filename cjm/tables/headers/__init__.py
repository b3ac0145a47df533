"""Names in a header: which are surely names, and where two of them differ."""
