"""The database itself: one writer, many readers, columns, rows as values, leases, errors."""
