"""Check of the counters: everything that moves a journey's counters, counted again from the rows.

It proves the counters (``tropa tally --check``), rebuilds them, and says what to settle before rows are deleted.
"""

from bot.db.asking import answers, invitations
from bot.db.cases import cases
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys import stage_entries, visits
from cjm.figures.tally import CounterKey, CounterSums, Move
from cjm.journeys.journey import Journey


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> list[Move]:
    """Return what the selected rows of a journey contribute to its live counters."""
    return [
        *visits.list_contributions(tx, journey, selection),
        *stage_entries.list_contributions(tx, journey, selection),
        *invitations.list_contributions(tx, journey.key, selection),
        *answers.list_contributions(tx, journey.key, selection),
        *cases.list_contributions(tx, journey.key, selection),
    ]


def list_wrong_counters(tx: Connection, journey: Journey) -> list[tuple[CounterKey, CounterSums, CounterSums]]:
    """Return the live counters that are wrong, as (counter, stored sums, right sums); empty when all are right."""
    return tallies.list_wrong_counters(tx, journey.key, list_contributions(tx, journey))


def rebuild_counters(tx: Connection, journey: Journey) -> int:
    """Replace a journey's live counters by what its rows say; return how many were wrong."""
    return tallies.rebuild_counters(tx, journey.key, list_contributions(tx, journey))
