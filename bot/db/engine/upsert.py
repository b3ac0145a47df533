"""INSERT … ON CONFLICT on either engine; SQLAlchemy has it only in the dialects."""

from collections.abc import Callable

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

Insert = PostgresqlInsert | SqliteInsert


def insert(tx: Connection, table: Table) -> Insert:
    """Return an INSERT of the engine's own dialect, as in ``insert(tx, table).on_conflict_do_nothing()``.

    To learn whether a row was inserted, use ``returning(…)``: the row count may be -1.
    """
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)


class Prepared:
    """INSERT … ON CONFLICT, built once for each engine: ``tx.execute(prepared(tx), values)``.

    Building such a statement costs more than running it, so what every tap needs is built at import.
    """

    def __init__(self, table: Table, finish: Callable[[Insert], Executable]) -> None:
        self._by_engine = {
            "postgresql": finish(postgresql.insert(table)),
            "sqlite": finish(sqlite.insert(table)),
        }

    def __call__(self, tx: Connection) -> Executable:
        return self._by_engine[tx.dialect.name]


def replace_columns(*keys: str) -> Callable[[Insert], Executable]:
    """Return what finishes an INSERT so that a row with the same ``keys`` takes all other columns of the new one."""
    return lambda new: new.on_conflict_do_update(
        index_elements=list(keys), set_={c.name: new.excluded[c.name] for c in new.table.c if c.name not in keys}
    )
