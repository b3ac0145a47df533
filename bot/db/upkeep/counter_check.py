"""Which nouns move a journey's counters; used to prove them, to make them anew, and to settle a person's share."""

from bot.db.asking import answers, invitations
from bot.db.cases import cases
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys import visits
from cjm.figures.tally import CounterKey, CounterSums, Move
from cjm.journeys.journey import Journey


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> list[Move]:
    """What a journey's rows contribute to its live counters."""
    return [
        *visits.list_contributions(tx, journey, selection),
        *invitations.list_contributions(tx, journey.key, selection),
        *answers.list_contributions(tx, journey.key, selection),
        *cases.list_contributions(tx, journey.key, selection),
    ]


def list_wrong_counters(tx: Connection, journey: Journey) -> list[tuple[CounterKey, CounterSums, CounterSums]]:
    """The counters that are wrong; empty is the proof that none is."""
    return tallies.list_wrong_counters(tx, journey.key, list_contributions(tx, journey))


def rebuild_counters(tx: Connection, journey: Journey) -> int:
    """Make the live counters anew; returns how many were wrong."""
    return tallies.rebuild_counters(tx, journey.key, list_contributions(tx, journey))
