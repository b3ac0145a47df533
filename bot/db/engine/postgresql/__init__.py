"""PostgreSQL: connections, transactions, and writes that share one."""
