"""Tables that other programs wrote: CSV files and workbooks, their mapping, answers and events in rows."""
