"""A table of counters: sums by key, only ever added to.

Invariants:

* A counter is never read and written back, so that two transactions cannot lose a count.
* One that has come to zero may stay as a row, until `CounterTable.delete_zeros` deletes it.
* One call inserts its counters in sorted order, so that two calls on PostgreSQL do not wait for each other in a ring.
"""

from collections.abc import Iterable, Mapping
from math import isclose
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Executable, Float, Table, delete, func, select, tuple_

from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader, row_writer
from bot.db.engine.upsert import Insert, PreparedRows
from cjm.figures.tally import MOST_ROUNDING, AddableSums, sum_moves

K = TypeVar("K", bound=tuple[Any, ...])  # a named tuple that can be sorted
S = TypeVar("S", bound=AddableSums)


class WrongCounter(NamedTuple):
    """Counter that differs from the rows behind it."""

    key: Any
    stored: Any
    right: Any


class CounterTable(Generic[K, S]):
    """Counters of one table: ``key`` names its key columns and ``nothing`` its columns of sums."""

    def __init__(self, table: Table, key: type[K], nothing: S) -> None:
        self._table, self._nothing = table, nothing
        self._read_key, self._read_sums = row_reader(key, table), row_reader(type(nothing), table)
        self._key_columns, self._sum_columns = row_writer(key), row_writer(type(nothing))
        self._names = tuple(self._sum_columns(nothing))
        self._add = PreparedRows(table, self._add_on_conflict)

    def _add_on_conflict(self, new: Insert) -> Executable:
        sums = {name: self._table.c[name] + new.excluded[name] for name in self._names}
        return new.on_conflict_do_update(index_elements=list(self._table.primary_key), set_=sums)

    def add(self, tx: Connection, moves: Iterable[tuple[K, S]]) -> None:
        """Add moves to the counters with one statement; without any change, with none."""
        sums = sum_moves(moves)
        if sums:
            columns = [self._key_columns(key) | self._sum_columns(sums[key]) for key in sorted(sums)]
            self._add.insert(tx, columns)

    def list_counters(self, tx: Connection, condition: ColumnElement[bool]) -> dict[K, S]:
        """Return the counters that meet a condition, without those that are zero."""
        rows = tx.execute(select(self._table).where(condition))
        return sum_moves((self._read_key(row), self._read_sums(row)) for row in rows)

    def delete_zeros(self, tx: Connection, condition: ColumnElement[bool]) -> None:
        """Delete the counters that meet a condition and are zero, but none that another transaction is adding to.

        So two transactions do not wait for each other in a ring.
        """
        key = list(self._table.primary_key)
        zeros = select(*key).where(condition, *self._is_zero()).with_for_update(skip_locked=True)
        tx.execute(delete(self._table).where(tuple_(*key).in_(zeros)))

    def _is_zero(self) -> list[ColumnElement[bool]]:
        sums = [self._table.c[name] for name in self._names]
        return [func.abs(c) < MOST_ROUNDING if isinstance(c.type, Float) else c == 0 for c in sums]

    def find_wrong(self, stored: Mapping[K, S], right: Mapping[K, S]) -> list[WrongCounter]:
        """Return the counters whose sums differ beyond rounding, in order."""
        found = (
            WrongCounter(key, stored.get(key, self._nothing), right.get(key, self._nothing))
            for key in sorted(stored.keys() | right.keys())
        )
        return [each for each in found if not self._is_close(each.stored, each.right)]

    def _is_close(self, one: S, other: S) -> bool:
        # Large sums of squares are rounded at more than a billionth; numbers of rows never are.
        return all(
            a == b if isinstance(a, int) and isinstance(b, int) else isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
            for a, b in ((getattr(one, name), getattr(other, name)) for name in self._names)
        )

    def replace(self, tx: Connection, condition: ColumnElement[bool], sums: Mapping[K, S]) -> None:
        """Delete the counters that meet a condition and store these instead."""
        tx.execute(delete(self._table).where(condition))
        self.add(tx, sums.items())
