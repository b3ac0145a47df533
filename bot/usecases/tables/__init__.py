"""Import answers and events from tables; export rows."""
