"""The database itself: one writer, many readers, tables, columns, schema, leases."""
