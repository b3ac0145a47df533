"""Retire rows that are older than the retention: visits, answers, words and closed cases.

Invariants:

* Counts of visits and answers stay under their day: they move from live to settled in the transaction that deletes
  their rows. So no figure of everyone changes, in no window; of people whose rows are gone only the most is known.
* Rows of imports whose facts are all gone name nobody any more, and stay, so that no file brings them back.
* What was told about people by then and replaced since goes too; who they are at later visits stays known.
* Where few answered, the settled counts of a day lose cohort and channel (`cjm.figures.settling`).
* Messages of ours that show the old words are taken away (`recall_old_messages`).
* A diary that is over goes with the last of its messages, at most a month later than they.
* Days are retired one by one, the oldest first: a retention that is new retires years, and taps must not wait for it.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bot.clock import Clock
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.diary import diaries
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import attributes
from bot.db.upkeep import old_quotes, old_rows
from bot.db.upkeep.settlement import settle_counts
from bot.usecases.upkeep.recall_old_messages import recall_aged, recall_old_quotes
from cjm.journeys.journey import Journey

_OF_A_DIARY = timedelta(days=30)  # its messages come later than its invitation, and are retired by their own days


class RetireRows:
    """A tick: ``await retire_rows()``. ``retention`` is how long rows are kept; zero means for good.

    Counts of fewer people than ``minimum`` lose cohort and channel.
    """

    def __init__(self, db: Database, clock: Clock, retention: timedelta, minimum: int) -> None:
        self._db, self._clock, self._retention, self._minimum = db, clock, retention, minimum

    async def __call__(self) -> None:
        if not self._retention:
            return
        now = self._clock.now()
        # A journey cannot be taken out of force: rows of all journeys are found under those that are.
        for key in await self._db.read(journeys.list_current):
            while await self._db.write(partial(self._retire_oldest_day, key=key, now=now)):
                pass
        before = now - self._retention
        await self._db.write(lambda tx: diaries.delete_old(tx, before - _OF_A_DIARY))
        await recall_old_quotes(self._db, before, now)

    def _retire_oldest_day(self, tx: Connection, key: str, now: datetime) -> bool:
        """Retire the oldest day of a journey that is too old by its own calendar; return False if there was none."""
        journey = journeys.list_current(tx)[key]
        day = old_rows.find_oldest_day(tx, key, before=(now - self._retention).astimezone(journey.zone).date())
        if day is not None:
            before = day + timedelta(days=1)
            messages = list(old_quotes.list_case_messages(tx, old_rows.list_old_cases(tx, key, before)))
            retire_until(tx, journey, before, self._minimum)
            recall_aged(tx, messages, now)
        return day is not None


def retire_until(tx: Connection, journey: Journey, before: date, minimum: int) -> None:
    """Settle the counts of a journey's days before ``before``, and delete their rows."""
    people = old_rows.lock_people(tx, journey.key, before)
    with tallies.gather_moves(tx):  # counters are locked last, as everywhere: an import would wait for them in a ring
        settle_counts(tx, journey, RowSelection(people, before=before), minimum)
        old_rows.delete_old_rows(tx, journey.key, before, people)
    # A day earlier, so that no day that stays begins before it, in any time zone.
    attributes.delete_superseded_values(tx, people, datetime.combine(before - timedelta(days=1), time(), UTC))
