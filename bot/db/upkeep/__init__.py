"""Schema, integrity, checks of the counters, old rows, metrics of the service."""
