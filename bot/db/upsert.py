"""An INSERT that knows ON CONFLICT, on either engine."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert


def insert(tx: Connection, table: Table) -> PostgresqlInsert | SqliteInsert:
    """``insert(tx, table).on_conflict_do_nothing().returning(…)``: look at what returns, the row count may be -1."""
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)
