"""Facts that change after they were counted: their counters are taken back and counted again from the rows.

Facts that are only added do not need it: they move the counters by themselves, which reads less.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Protocol

from bot.db.asking import answer_counts, invitations, presence
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys import stage_entries, visits
from cjm.figures.tally import FactMoves
from cjm.journeys.journey import Journey


class DatedFact(Protocol):
    """Fact about a person on a day, such as a visit or an answer."""

    @property
    def customer_id(self) -> int: ...
    @property
    def day(self) -> date: ...


@contextmanager
def recount(tx: Connection, journey: Journey, changing: Collection[DatedFact]) -> Iterator[None]:
    """Count what changes inside the block again: visits, invitations, answers, presence, and then stage entries.

    ``changing`` are the facts that the block stores, changes or deletes, as they are before and as they are after it.
    The block moves no counter by itself: that would be counted twice. Cases stay where they are: they count under who
    their customer was when they were opened.
    """
    if not changing:
        yield
        return
    people, days = sorted({fact.customer_id for fact in changing}), {fact.day for fact in changing}
    selection = RowSelection(people, since=min(days), before=max(days) + timedelta(days=1))
    with tallies.gather_moves(tx):
        for moves in list(_list_contributions(tx, journey, selection)):
            tallies.add_facts(tx, -moves)
        yield
        for moves in _list_contributions(tx, journey, selection):
            tallies.add_facts(tx, moves)
        stage_entries.recompute_passages(tx, journey, people)


def _list_contributions(tx: Connection, journey: Journey, selection: RowSelection) -> Iterator[FactMoves]:
    rows = [
        *visits.list_contributions(tx, journey, selection),
        *invitations.list_contributions(tx, journey.key, selection),
    ]
    yield FactMoves(rows, [])
    yield from answer_counts.list_contributions(tx, journey, selection)
    yield from presence.list_contributions(tx, journey, selection)
