"""Tables that other programs wrote: CSV files, their mapping, answers and events in rows."""
