"""Moving the counters (cjm/figures/tally.py), adding them up, and proving them against the rows behind them."""

from collections.abc import Iterable

from sqlalchemy import Executable, delete, select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import Insert, Prepared
from cjm.figures.tally import CounterKey, CounterSums, Move, Tally, sum_moves

_KEYS = ("journey", "day", "subject", "measure", "bucket", "cohort_id", "channel", "settled")


def _adding(new: Insert) -> Executable:
    sums = {name: tally_table.c[name] + new.excluded[name] for name in ("n", "total", "squares", "raw")}
    return new.on_conflict_do_update(index_elements=list(_KEYS), set_=sums)


_ADD = Prepared(tally_table, _adding)


def add_moves(tx: Connection, moves: Iterable[Move]) -> None:
    """Add to the counters, in the transaction of what caused it."""
    changes = sum_moves(moves)
    if changes:
        tx.execute(_ADD(tx), [_tally_columns(counter, changes[counter]) for counter in sorted(changes)])


def _tally_columns(counter: CounterKey, sums: CounterSums) -> dict[str, object]:
    return {**counter._asdict(), "n": sums.n, "total": sums.total, "squares": sums.squares, "raw": sums.raw}


def list_counters(tx: Connection, journey: str, *, settled: bool = False) -> Tally:
    """The counters of a journey as they stand, those that are zero left out."""
    found = tx.execute(select(tally_table).where(tally_table.c.journey == journey, tally_table.c.settled == settled))
    return sum_moves(
        (CounterKey(*(getattr(r, k) for k in _KEYS)), CounterSums(r.n, r.total, r.squares, r.raw)) for r in found
    )


def list_wrong_counters(
    tx: Connection, journey: str, should_be: Iterable[Move]
) -> list[tuple[CounterKey, CounterSums, CounterSums]]:
    """The live counters that are not as the rows say: (counter, as stored, as counted anew)."""
    was, should = list_counters(tx, journey), sum_moves(should_be)
    nothing = CounterSums(0)
    return [
        (counter, was.get(counter, nothing), should.get(counter, nothing))
        for counter in sorted(was.keys() | should.keys())
        if not (was.get(counter, nothing) + -should.get(counter, nothing)).is_zero
    ]


def rebuild_counters(tx: Connection, journey: str, should_be: Iterable[Move]) -> int:
    """Make the live counters anew from what the rows contribute; returns how many were wrong."""
    should = list(should_be)
    wrong = len(list_wrong_counters(tx, journey, should))
    tx.execute(delete(tally_table).where(tally_table.c.journey == journey, tally_table.c.settled.is_(False)))
    add_moves(tx, should)
    return wrong
