"""Check of the counters: everything that moves a journey's counters, counted again from the rows.

It proves the counters (``tropa tally --check``), rebuilds them, and says what to settle before rows are deleted. Rows
are read for some hundred people at a time, so that millions of answers need no more memory than a few.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from bot.db.asking import answer_counts, invitations, presence
from bot.db.cases import cases
from bot.db.counters import tallies
from bot.db.counters.counter_table import WrongCounter
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.chunks import CHUNK, split_into_chunks
from bot.db.engine.database import Connection
from bot.db.journeys import stage_entries, visits
from bot.db.people.tables import customer_table
from cjm.figures.tally import FactMoves
from cjm.journeys.journey import Journey


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> Iterator[FactMoves]:
    """Yield what the selected rows of a journey contribute to its counters; person-days of two people come apart.

    Where only some days are selected, it is what the counters lose if the rows of these days go and the others stay.
    """
    chosen = selection.customer_ids
    for customer_ids in list_everybody(tx) if chosen is None else split_into_chunks(chosen):
        of_people = RowSelection(customer_ids, selection.before, selection.since)
        yield from answer_counts.list_contributions(tx, journey, of_people)
        yield from presence.list_contributions(tx, journey, of_people)
        rows = [
            *visits.list_contributions(tx, journey, of_people),
            *stage_entries.list_contributions(tx, journey, of_people),
            *invitations.list_contributions(tx, journey.key, of_people),
            *cases.list_contributions(tx, journey.key, of_people),
        ]
        yield FactMoves(rows, [])


def list_everybody(tx: Connection) -> Iterator[Sequence[int]]:
    """Yield the ids of all customers, some hundred at a time."""
    last = 0
    page = select(customer_table.c.id).order_by(customer_table.c.id).limit(CHUNK)
    while ids := tx.scalars(page.where(customer_table.c.id > last)).all():
        yield ids
        last = ids[-1]


def list_wrong_counters(tx: Connection, journey: Journey) -> list[WrongCounter]:
    """Return the live counters and gap counters that are wrong; empty when all are right."""
    return tallies.list_wrong_counters(tx, journey.key, list_contributions(tx, journey))


def rebuild_counters(tx: Connection, journey: Journey) -> int:
    """Replace a journey's live counters and gap counters by what its rows say; return how many were wrong."""
    return tallies.rebuild_counters(tx, journey.key, list_contributions(tx, journey))
