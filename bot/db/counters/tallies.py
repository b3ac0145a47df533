"""Counters of `cjm.figures.tally` and gap counters of `cjm.figures.gaps`: moved, listed, and compared with their rows.

Invariants:

* A counter moves in the transaction of the fact that it counts, so counters and rows agree, except after a change of
  a journey's window (`bot.db.journeys.stage_entries`), until the counters are rebuilt. A change of its anonymity or of
  what belongs to one place rebuilds them.
* Writes that promise to read no counter may share a commit (`bot.db.engine.commit_group`): their moves are summed and
  written once, at the end of it.
* Only `rebuild_counters` replaces counters; everything else adds to them (`bot.db.counters.counter_table`).
* The sums of weeks and of everyone (`bot.db.counters.tiers`) move with the counters that they sum.
* Gap counters have no settled part: a pair whose rows are gone would tell two scores of one person.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from sqlalchemy import ColumnElement, text

from bot.db.counters import tiers
from bot.db.counters.counter_table import CounterTable, WrongCounter
from bot.db.counters.tables import gap_tally_table, tally_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.commit_group import find_commit_group
from bot.db.engine.database import Connection
from cjm.figures.gaps import GapKey, GapMove, GapSums
from cjm.figures.tally import CounterKey, CounterSums, FactMoves, Move, Tally, sum_moves

_COUNTERS = CounterTable(tally_table, CounterKey, CounterSums(0))
_GAPS = CounterTable(gap_tally_table, GapKey, GapSums())
_GATHERED = "gathered counter moves"  # key in the connection's `info`


def add_moves(tx: Connection, counters: Iterable[Move], gaps: Iterable[GapMove] = ()) -> None:
    """Add moves to the counters; call it in the transaction of the fact that caused them."""
    gathered: FactMoves | None = tx.info.get(_GATHERED)
    if gathered is not None:
        gathered.counters.extend(counters)
        gathered.gaps.extend(gaps)
        return
    moves, group = FactMoves(list(counters), list(gaps)), find_commit_group(tx)
    if group is not None:
        group.put_off(_write_all, moves)
    else:
        _write_moves(tx, moves)


def _write_all(tx: Connection, facts: Sequence[FactMoves]) -> None:
    """Write the moves of all writes that share a commit: many people count in the same few counters."""
    counters = sum_moves(move for moves in facts for move in moves.counters)
    gaps = sum_moves(move for moves in facts for move in moves.gaps)
    _write_moves(tx, FactMoves(list(counters.items()), list(gaps.items())))


def _refuse_put_off(tx: Connection) -> None:
    """Raise RuntimeError in a write that promised to read no counters: moves that it put off are not in them."""
    if find_commit_group(tx) is not None:
        raise RuntimeError("a write that puts its counts off cannot read them")


def _write_moves(tx: Connection, moves: FactMoves) -> None:
    """Write moves of one or many facts to all tables of counters: the one place where moves become rows."""
    # Summed first: a list of events moves a few hundred counters ten times each, and every tier would do so again.
    summed = FactMoves(list(sum_moves(moves.counters).items()), list(sum_moves(moves.gaps).items()))
    _COUNTERS.add(tx, summed.counters)
    _GAPS.add(tx, summed.gaps)
    tiers.add_to_tiers(tx, summed)


def add_facts(tx: Connection, moves: FactMoves) -> None:
    """Add the moves of facts to the counters, like `add_moves`."""
    add_moves(tx, moves.counters, moves.gaps)


@contextmanager
def gather_moves(tx: Connection) -> Iterator[None]:
    """Write all moves that are added inside the block with one statement a table, at its end; counters lag until then.

    So the rows that many people count in are locked last and for the shortest time.
    """
    if _GATHERED in tx.info:  # inside another block, whose end writes
        yield
        return
    moves = tx.info[_GATHERED] = FactMoves([], [])
    try:
        yield
    finally:
        del tx.info[_GATHERED]
    add_facts(tx, moves)


def delete_zeros(tx: Connection, journey: str, days: Collection[date] | None = None) -> None:
    """Delete the live counters of a journey that have come to zero, of some days or all.

    They tell that something was there. Call it after the moves are written. A counter that another
    transaction is just moving stays.
    """
    _refuse_put_off(tx)
    if days is None:
        _COUNTERS.delete_zeros(tx, _is_live(journey))
        tiers.delete_tier_zeros(tx, journey)
    for some in split_into_chunks(sorted(days or ())):
        _COUNTERS.delete_zeros(tx, _is_live(journey) & tally_table.c.day.in_(some))
        tiers.delete_tier_zeros(tx, journey, some)


def _is_live(journey: str) -> ColumnElement[bool]:
    return (tally_table.c.journey == journey) & tally_table.c.settled.is_(False)


def _is_gap_of(journey: str) -> ColumnElement[bool]:
    return gap_tally_table.c.journey == journey


def list_counters(tx: Connection, journey: str, *, settled: bool = False) -> Tally:
    """Return the counters of a journey without those that are zero: the live ones, or the settled ones."""
    _refuse_put_off(tx)
    return _COUNTERS.list_counters(tx, (tally_table.c.journey == journey) & (tally_table.c.settled == settled))


def list_gap_counters(tx: Connection, journey: str) -> dict[GapKey, GapSums]:
    """Return the gap counters of a journey without those that are zero."""
    _refuse_put_off(tx)
    return _GAPS.list_counters(tx, _is_gap_of(journey))


def list_wrong_counters(tx: Connection, journey: str, should_be: Iterable[FactMoves]) -> list[WrongCounter]:
    """Return the live counters and the gap counters that differ from the moves, which are summed as they come."""
    return _compare(tx, journey, *_sum_facts(should_be))


_TABLES = ", ".join(table.name for table in (tally_table, gap_tally_table, *tiers.TABLES))
_LOCK_COUNTERS = text(f"LOCK TABLE {_TABLES} IN SHARE ROW EXCLUSIVE MODE")


def rebuild_counters(tx: Connection, journey: str, should_be: Iterable[FactMoves]) -> int:
    """Replace a journey's live counters and gap counters by the sums of the moves; return how many were wrong.

    Writers wait with their own moves until the end of ``tx``: what they add must not be replaced by what was counted
    before. So pass moves that are read as they are summed.
    """
    if tx.dialect.name == "postgresql":  # SQLite has one writer anyway
        tx.execute(_LOCK_COUNTERS)
    counters, gaps = _sum_facts(should_be)
    wrong = len(_compare(tx, journey, counters, gaps))
    _COUNTERS.replace(tx, _is_live(journey), counters)
    _GAPS.replace(tx, _is_gap_of(journey), gaps)
    tiers.rebuild_tiers(tx, journey)
    return wrong


def _compare(tx: Connection, journey: str, counters: Tally, gaps: dict[GapKey, GapSums]) -> list[WrongCounter]:
    _refuse_put_off(tx)
    return [
        *_COUNTERS.find_wrong(_COUNTERS.list_counters(tx, _is_live(journey)), counters),
        *_GAPS.find_wrong(_GAPS.list_counters(tx, _is_gap_of(journey)), gaps),
        *tiers.list_wrong_tiers(tx, journey),
    ]


def _sum_facts(facts: Iterable[FactMoves]) -> tuple[Tally, dict[GapKey, GapSums]]:
    counters: Tally = {}
    gaps: dict[GapKey, GapSums] = {}
    for moves in facts:  # one after another: a list of the moves of millions of answers would fill the memory
        for counter, sums in moves.counters:
            counters[counter] = counters[counter] + sums if counter in counters else sums
        for gap, gap_sums in moves.gaps:
            gaps[gap] = gaps[gap] + gap_sums if gap in gaps else gap_sums
    return sum_moves(counters.items()), sum_moves(gaps.items())
