"""Counters of `cjm.figures.tally`: moved, listed, and compared with the rows behind them.

Invariants:

* A counter moves in the transaction of the fact that it counts, so counters and rows agree, except after a change of
  a journey's window (`bot.db.journeys.stage_entries`).
* A counter is only added to, never read and written back, so that two transactions cannot lose a count. Only
  `rebuild_counters` replaces counters.
* One call inserts its counters in sorted order, so that two calls on PostgreSQL do not wait for each other in a ring.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Executable, delete, select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader
from bot.db.engine.upsert import Insert, Prepared
from cjm.figures.tally import CounterKey, CounterSums, Move, Tally, sum_moves

_KEYS = ("journey", "day", "subject", "measure", "bucket", "cohort_id", "channel", "settled")


def _add_on_conflict(new: Insert) -> Executable:
    sums = {name: tally_table.c[name] + new.excluded[name] for name in ("n", "total", "squares", "raw")}
    return new.on_conflict_do_update(index_elements=list(_KEYS), set_=sums)


_GATHERED = "gathered counter moves"  # key in the connection's `info`
_ADD = Prepared(tally_table, _add_on_conflict)
_key_from_row = row_reader(CounterKey, tally_table)
_sums_from_row = row_reader(CounterSums, tally_table)


def add_moves(tx: Connection, moves: Iterable[Move]) -> None:
    """Add moves to the counters; call it in the transaction of the fact that caused them."""
    gathered: list[Move] | None = tx.info.get(_GATHERED)
    if gathered is not None:
        gathered += moves
        return
    changes = sum_moves(moves)
    if changes:
        tx.execute(_ADD(tx), [_tally_columns(counter, changes[counter]) for counter in sorted(changes)])


@contextmanager
def gather_moves(tx: Connection) -> Iterator[None]:
    """Write all moves that are added inside the block with one statement, at its end; counters lag until then.

    So the rows that many people count in are locked last and for the shortest time.
    """
    if _GATHERED in tx.info:  # inside another block, whose end writes
        yield
        return
    moves = tx.info[_GATHERED] = []
    try:
        yield
    finally:
        del tx.info[_GATHERED]
    add_moves(tx, moves)


def _tally_columns(counter: CounterKey, sums: CounterSums) -> dict[str, object]:
    return {**counter._asdict(), "n": sums.n, "total": sums.total, "squares": sums.squares, "raw": sums.raw}


def list_counters(tx: Connection, journey: str, *, settled: bool = False) -> Tally:
    """Return the counters of a journey without those that are zero: the live ones, or the settled ones."""
    rows = tx.execute(select(tally_table).where(tally_table.c.journey == journey, tally_table.c.settled == settled))
    return sum_moves((_key_from_row(row), _sums_from_row(row)) for row in rows)


def list_wrong_counters(
    tx: Connection, journey: str, should_be: Iterable[Move]
) -> list[tuple[CounterKey, CounterSums, CounterSums]]:
    """Return the live counters that differ from the moves: (counter, stored sums, sums as they should be)."""
    was, should = list_counters(tx, journey), sum_moves(should_be)
    nothing = CounterSums(0)
    return [
        (counter, was.get(counter, nothing), should.get(counter, nothing))
        for counter in sorted(was.keys() | should.keys())
        if not (was.get(counter, nothing) + -should.get(counter, nothing)).is_zero
    ]


def rebuild_counters(tx: Connection, journey: str, should_be: Iterable[Move]) -> int:
    """Replace the live counters of a journey by the sums of the moves; return how many were wrong."""
    should = list(should_be)
    wrong = len(list_wrong_counters(tx, journey, should))
    tx.execute(delete(tally_table).where(tally_table.c.journey == journey, tally_table.c.settled.is_(False)))
    add_moves(tx, should)
    return wrong
