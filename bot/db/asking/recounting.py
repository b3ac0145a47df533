"""Facts that change after they were counted: their counters are taken back and counted again from the rows.

Facts that are only added do not need it: they move the counters by themselves, which reads less.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.db.asking import answer_counts, invitations, presence
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys import stage_entries, visits
from cjm.figures.tally import FactMoves
from cjm.journeys.journey import Journey


@contextmanager
def recount(tx: Connection, journey: Journey, selection: RowSelection) -> Iterator[None]:
    """Count what changes inside the block again: visits, invitations, answers, presence, and then stage entries.

    ``selection`` names people, and holds every day whose rows the block stores, changes or deletes. The block moves no
    counter by itself: that would be counted twice. Cases stay where they are: they count under who their customer was
    when they were opened.
    """
    assert selection.customer_ids is not None  # the stage entries of everybody are too many for one transaction
    with tallies.gather_moves(tx):
        for moves in list(_list_contributions(tx, journey, selection)):
            tallies.add_facts(tx, -moves)
        yield
        for moves in _list_contributions(tx, journey, selection):
            tallies.add_facts(tx, moves)
        stage_entries.recompute_passages(tx, journey, selection.customer_ids)


def _list_contributions(tx: Connection, journey: Journey, selection: RowSelection) -> Iterator[FactMoves]:
    rows = [
        *visits.list_contributions(tx, journey, selection),
        *invitations.list_contributions(tx, journey.key, selection),
    ]
    yield FactMoves(rows, [])
    yield from answer_counts.list_contributions(tx, journey, selection)
    yield from presence.list_contributions(tx, journey, selection)
