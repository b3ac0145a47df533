"""Facts of walks and visits that an earlier Tropa stored and did not count: starts, amounts and measures.

It runs in the transaction of the upgrade past `COUNTS_FACTS`. An entry that today's rules would make otherwise stays as
it is, without a start and an amount, until the next event of its person: what is counted already does not move.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys import stage_entries, visits
from bot.db.journeys.tables import stage_entry_table
from cjm.figures.tally import AMOUNT, MEASURE, SINCE_START, Move
from cjm.journeys.journey import Journey
from cjm.journeys.visit import StageEntry, find_stage_entries

COUNTS_FACTS = "0023"
"""First revision whose counters count starts of walks, amounts and measures."""

_EntryName = tuple[int, str, str, datetime, datetime | None]
"""Customer's id, passage, stage, time of entry, and time of going on."""

_FILL = (
    update(stage_entry_table)
    .where(stage_entry_table.c.id == bindparam("entry_id"))
    .values(started_at=bindparam("start"), amount=bindparam("told"))
)


def count_earlier_facts(tx: Connection, journey: Journey, customer_ids: Sequence[int]) -> None:
    """Fill in what these people's stage entries did not keep, and count it together with their measures."""
    of_people = RowSelection(customer_ids)
    _fill_entries(tx, journey, customer_ids, of_people)
    moves = [
        *stage_entries.list_contributions(tx, journey, of_people),
        *visits.list_contributions(tx, journey, of_people),
    ]
    tallies.add_moves(tx, _list_new_moves(moves))


def _list_new_moves(moves: Iterable[Move]) -> list[Move]:
    return [move for move in moves if move[0].measure in (SINCE_START, AMOUNT) or move[0].measure.startswith(MEASURE)]


def _fill_entries(tx: Connection, journey: Journey, customer_ids: Sequence[int], of_people: RowSelection) -> None:
    steps = stage_entries.list_steps(tx, journey, customer_ids)
    known = {
        (person, entry.passage, entry.stage, entry.at, entry.next_at): entry
        for person in customer_ids
        for entry in find_stage_entries(steps[person], journey.window)
    }
    stored = tx.execute(select(stage_entry_table).where(of_people.condition(stage_entry_table, journey.key)))
    found = list(_list_found(stored, known))
    if found:
        tx.execute(_FILL, found)


def _list_found(stored: Iterable[Row[Any]], known: Mapping[_EntryName, StageEntry]) -> Iterator[dict[str, object]]:
    for row in stored:
        entry = known.get((row.customer_id, row.passage, row.stage, row.at, row.next_at))
        if entry is not None and (entry.started_at is not None or entry.amount is not None):
            yield {"entry_id": row.id, "start": entry.started_at, "told": entry.amount}
