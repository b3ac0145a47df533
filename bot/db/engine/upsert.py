"""An INSERT that knows ON CONFLICT, on either engine."""

from collections.abc import Callable

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

Insert = PostgresqlInsert | SqliteInsert


def insert(tx: Connection, table: Table) -> Insert:
    """``insert(tx, table).on_conflict_do_nothing().returning(…)``: look at what returns, the row count may be -1."""
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)


class Prepared:
    """Such an INSERT, made once for each engine: ``tx.execute(prepared(tx), values)``. Making it costs most of it."""

    def __init__(self, table: Table, finished: Callable[[Insert], Executable]) -> None:
        self._by_engine = {
            "postgresql": finished(postgresql.insert(table)),
            "sqlite": finished(sqlite.insert(table)),
        }

    def __call__(self, tx: Connection) -> Executable:
        return self._by_engine[tx.dialect.name]


def replace_columns(*keys: str) -> Callable[[Insert], Executable]:
    """The last word holds: a row of these keys takes all the other columns of the new one."""
    return lambda new: new.on_conflict_do_update(
        index_elements=list(keys), set_={c.name: new.excluded[c.name] for c in new.table.c if c.name not in keys}
    )
