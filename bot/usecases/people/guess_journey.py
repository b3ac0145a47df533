"""Which journey somebody is on, as far as their visits tell."""

from bot.db.engine.database import Connection
from bot.db.journeys import journeys, visits
from bot.db.people.customers import Customer
from cjm.journeys.journey import Journey


def guess_journey(tx: Connection, person: Customer | None) -> Journey | None:
    """The journey in force that they walked last; else the first there is, and None without any."""
    there = journeys.current(tx)
    walked = visits.latest(tx, person.id) if person is not None else []
    return next((there[v.journey] for v in walked if v.journey in there), next(iter(there.values()), None))
