"""Moving the counters (cjm/figures/tally.py), adding them up, and proving them against the rows behind them."""

from collections.abc import Iterable

from sqlalchemy import Executable, delete, select

from bot.db.engine.database import Connection
from bot.db.engine.tables import tally_table
from bot.db.engine.upsert import Insert, Prepared
from cjm.figures.tally import Counter, CounterSums, Move, Tally, added

_KEYS = ("journey", "day", "subject", "measure", "bucket", "cohort_id", "channel", "settled")


def _adding(new: Insert) -> Executable:
    sums = {name: tally_table.c[name] + new.excluded[name] for name in ("n", "total", "squares", "raw")}
    return new.on_conflict_do_update(index_elements=list(_KEYS), set_=sums)


_ADD = Prepared(tally_table, _adding)


def move(tx: Connection, moves: Iterable[Move]) -> None:
    """Add to the counters, in the transaction of what caused it."""
    changes = added(moves)
    if changes:
        tx.execute(_ADD(tx), [_values(counter, changes[counter]) for counter in sorted(changes)])


def _values(counter: Counter, sums: CounterSums) -> dict[str, object]:
    return {**counter._asdict(), "n": sums.n, "total": sums.total, "squares": sums.squares, "raw": sums.raw}


def stored(tx: Connection, journey: str, *, settled: bool = False) -> Tally:
    """The counters of a journey as they stand, those that are zero left out."""
    found = tx.execute(select(tally_table).where(tally_table.c.journey == journey, tally_table.c.settled == settled))
    return added((Counter(*(getattr(r, k) for k in _KEYS)), CounterSums(r.n, r.total, r.squares, r.raw)) for r in found)


def differing(
    tx: Connection, journey: str, should_be: Iterable[Move]
) -> list[tuple[Counter, CounterSums, CounterSums]]:
    """The live counters that are not as the rows say: (counter, as stored, as counted anew)."""
    was, should = stored(tx, journey), added(should_be)
    nothing = CounterSums(0)
    return [
        (counter, was.get(counter, nothing), should.get(counter, nothing))
        for counter in sorted(was.keys() | should.keys())
        if not (was.get(counter, nothing) + -should.get(counter, nothing)).is_nothing
    ]


def rebuild(tx: Connection, journey: str, should_be: Iterable[Move]) -> int:
    """Make the live counters anew from what the rows contribute; returns how many were wrong."""
    should = list(should_be)
    wrong = len(differing(tx, journey, should))
    tx.execute(delete(tally_table).where(tally_table.c.journey == journey, tally_table.c.settled.is_(False)))
    move(tx, should)
    return wrong
