"""Files that hold tables: CSV files in their encodings, and workbooks."""
