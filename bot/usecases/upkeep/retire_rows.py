"""What is older than the house keeps goes: visits, answers, words, closed cases. What was counted stays, by week."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import proof, retirement, tallies
from bot.db.figures.row_selection import RowSelection
from bot.db.journeys import journeys
from cjm.figures.tally import settled, taken_back


class RetireRows:
    """A tick. ``keep`` is how long rows stay; nothing of it means for good."""

    def __init__(self, db: Database, clock: Clock, keep: timedelta) -> None:
        self._db, self._clock, self._keep = db, clock, keep

    async def __call__(self) -> None:
        if self._keep:
            now = self._clock.now()
            await self._db.write(lambda tx: retire(tx, self._keep, now))


def retire(tx: Connection, keep: timedelta, now: datetime) -> None:
    """Settle the counts of whole days that are too old, and erase their rows."""
    for journey in journeys.current(tx).values():
        before = (now - keep).astimezone(journey.zone).date()
        old = proof.contributions(tx, journey, RowSelection(before=before))
        tallies.move(tx, [*taken_back(old), *settled(old)])
        retirement.retire(tx, journey.key, before)
