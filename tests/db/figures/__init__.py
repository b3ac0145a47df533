"""What a map reads, against the rows."""
