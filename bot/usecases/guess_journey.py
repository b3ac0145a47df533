"""Which journey somebody is on, as far as their visits tell."""

from bot.db import journeys, visits
from bot.db.customers import Customer
from bot.db.engine import Connection
from cjm.journey import Journey


def guess_journey(tx: Connection, person: Customer | None) -> Journey | None:
    """The journey in force that they walked last; else the first there is, and None without any."""
    there = journeys.current(tx)
    walked = visits.latest(tx, person.id) if person is not None else []
    return next((there[v.journey] for v in walked if v.journey in there), next(iter(there.values()), None))
