"""Retire rows that are older than the retention: visits, answers, words and closed cases.

Invariant: counts of visits and answers stay, by week. They move from live to settled in the transaction that deletes
their rows, so no figure over whole weeks changes, except the numbers of customers and of cases.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check, old_rows
from cjm.figures.tally import reverse_moves, settle_moves


class RetireRows:
    """A tick: ``await retire_rows()``. ``retention`` is how long rows are kept; zero means for good."""

    def __init__(self, db: Database, clock: Clock, retention: timedelta) -> None:
        self._db, self._clock, self._retention = db, clock, retention

    async def __call__(self) -> None:
        if self._retention:
            now = self._clock.now()
            await self._db.write(lambda tx: retire_rows(tx, self._retention, now))


def retire_rows(tx: Connection, retention: timedelta, now: datetime) -> None:
    """Settle the counts of whole days that are too old, by each journey's own calendar, and delete their rows."""
    for journey in journeys.list_current(tx).values():
        before = (now - retention).astimezone(journey.zone).date()
        old = counter_check.list_contributions(tx, journey, RowSelection(before=before))
        tallies.add_moves(tx, [*reverse_moves(old), *settle_moves(old)])
        old_rows.delete_old_rows(tx, journey.key, before)
