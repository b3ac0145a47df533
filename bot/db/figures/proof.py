"""Which nouns move a journey's counters; used to prove them, to make them anew, and to settle a person's share."""

from bot.db.asking import invitations
from bot.db.cases import cases
from bot.db.engine.database import Connection
from bot.db.figures import answers, tallies
from bot.db.figures.row_selection import EVERYTHING, RowSelection
from bot.db.journeys import visits
from cjm.figures.tally import Counter, CounterSums, Move
from cjm.journeys.journey import Journey


def contributions(tx: Connection, journey: Journey, share: RowSelection = EVERYTHING) -> list[Move]:
    """What a journey's rows contribute to its live counters."""
    return [
        *visits.contributions(tx, journey, share),
        *invitations.contributions(tx, journey.key, share),
        *answers.contributions(tx, journey.key, share),
        *cases.contributions(tx, journey.key, share),
    ]


def differing(tx: Connection, journey: Journey) -> list[tuple[Counter, CounterSums, CounterSums]]:
    """The counters that are wrong; empty is the proof that none is."""
    return tallies.differing(tx, journey.key, contributions(tx, journey))


def rebuild(tx: Connection, journey: Journey) -> int:
    """Make the live counters anew; returns how many were wrong."""
    return tallies.rebuild(tx, journey.key, contributions(tx, journey))
