"""INSERT … ON CONFLICT on either engine; SQLAlchemy has it only in the dialects."""

import functools
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

from bot.db.engine.prepared_statement import PreparedStatement, Values

Insert = PostgresqlInsert | SqliteInsert
MOST_ROWS = 64  # of one statement on SQLite; every number of rows is a statement of its own, which the driver keeps


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
        self._prepared = {name: PreparedStatement(statement) for name, statement in self._by_engine.items()}

    def __call__(self, tx: Connection) -> Executable:
        return self.of_engine(tx.dialect.name)

    def of_engine(self, name: str) -> Executable:
        return self._by_engine[name]

    def run_many(self, tx: Connection, rows: Sequence[Values]) -> None:
        """Insert these rows in their order, in one call of the driver; all of them name the same columns."""
        self._prepared[tx.dialect.name].run_many(tx, rows)


class PreparedRows:
    """INSERT … ON CONFLICT of many rows, built once: ``prepared_rows.insert(tx, rows)``. A row has all columns.

    SQLite gets up to `MOST_ROWS` rows in one statement: with a call for each row, a tap's counters would let go of the
    interpreter eight times, and wait for the other threads as often. More rows are one call that runs it for each.
    PostgreSQL gets all rows in one statement.
    """

    def __init__(self, table: Table, finish: Callable[[Insert], Executable]) -> None:
        self._columns = tuple(table.c)
        self._place = f"({', '.join('?' * len(self._columns))})"
        self._prepared = Prepared(table, finish)
        self._prepare_sqlite = functools.cache(self._compile_for_sqlite)

    def insert(self, tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert these rows in their order."""
        if tx.dialect.name != "sqlite":
            self._prepared.run_many(tx, rows)
            return
        before, after, writers = self._prepare_sqlite(tx.dialect)
        values = [tuple(row[name] if write is None else write(row[name]) for name, write in writers) for row in rows]
        if len(rows) > MOST_ROWS:
            tx.exec_driver_sql(before + self._place + after, values)
        elif rows:
            tx.exec_driver_sql(before + ", ".join([self._place] * len(rows)) + after, tuple(chain(*values)))

    def _compile_for_sqlite(self, dialect: Dialect) -> tuple[str, str, list[tuple[str, Callable[[Any], Any] | None]]]:
        """Return the statement before and after its rows, and what makes a column's value one of SQLite's, by name."""
        statement = str(self._prepared.of_engine("sqlite").compile(dialect=dialect))  # type: ignore[attr-defined]  # an INSERT can be compiled
        before, after = statement.split(self._place, 1)
        types = [(column.name, column.type.dialect_impl(dialect)) for column in self._columns]
        return before, after, [(name, kind.bind_processor(dialect)) for name, kind in types]


def replace_columns(*keys: str) -> Callable[[Insert], Executable]:
    """Return what finishes an INSERT so that a row with the same ``keys`` takes all other columns of the new one."""
    return lambda new: new.on_conflict_do_update(
        index_elements=list(keys), set_={c.name: new.excluded[c.name] for c in new.table.c if c.name not in keys}
    )
