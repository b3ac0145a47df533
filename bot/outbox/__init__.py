"""Messages on their way out: letters leave in order and once, replies at once; the port to a messenger."""
