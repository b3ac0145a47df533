"""What is older than the house keeps goes: visits, answers, words, closed cases. What was counted stays, by week."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.upkeep import counter_check, old_rows
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.journeys import journeys
from cjm.figures.tally import settle_moves, reverse_moves


class RetireRows:
    """A tick. ``keep`` is how long rows stay; nothing of it means for good."""

    def __init__(self, db: Database, clock: Clock, retention: timedelta) -> None:
        self._db, self._clock, self._keep = db, clock, retention

    async def __call__(self) -> None:
        if self._keep:
            now = self._clock.now()
            await self._db.write(lambda tx: retire_rows(tx, self._keep, now))


def retire_rows(tx: Connection, retention: timedelta, now: datetime) -> None:
    """Settle the counts of whole days that are too old, and erase their rows."""
    for journey in journeys.list_current(tx).values():
        before = (now - retention).astimezone(journey.zone).date()
        old = counter_check.list_contributions(tx, journey, RowSelection(before=before))
        tallies.add_moves(tx, [*reverse_moves(old), *settle_moves(old)])
        old_rows.delete_old_rows(tx, journey.key, before)
