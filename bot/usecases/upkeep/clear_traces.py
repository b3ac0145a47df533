"""Clear the traces of erased words and people from the files of SQLite.

Invariants:

* The log is emptied each time: what was erased is in it until then.
* The file is rebuilt after an erasure, and once after a start: an erasure may have come just before it. A small
  file is rebuilt soon, at most every `SOON`; a large one at night, because writes wait meanwhile.
* What fails is tried again: traces stay longer, and nothing is lost.
"""

import logging
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.db.engine.announcements import ERASURES
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.upkeep import file_traces

log = logging.getLogger(__name__)

SMALL = 32 * 1024 * 1024
"""Bytes of a file that is rebuilt at once: it takes about half a second."""

SOON = timedelta(minutes=10)
MOST_READING = timedelta(minutes=10)
"""Time for which the log may be in use at each try before it is told: a backup or an export reads for minutes."""

NIGHT_HOURS = range(1, 4)  # in UTC
RESPITE = timedelta(hours=1)  # after a failure, as on a full disk


class ClearTraces:
    """A tick: ``await clear_traces()``; once a minute."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._is_due = db.is_sqlite
        self._not_before: datetime | None = None
        self._read_since: datetime | None = None  # when the log was first found in use; None while it can be emptied
        self._is_reported = False
        db.listeners.add(ERASURES, self._note_erasure)

    def _note_erasure(self) -> None:
        self._is_due = self._db.is_sqlite

    async def __call__(self) -> None:
        if not self._db.is_sqlite:
            return
        now = self._clock.now()
        if self._is_due and self._is_time(now):
            await self._rebuild(now)
        self._report_reading(now, is_read=not await file_traces.empty_log(self._db))

    def _report_reading(self, now: datetime, *, is_read: bool) -> None:
        """Tell once that the log has been in use for long; a try that meets a reader is nothing to tell."""
        if not is_read:
            self._read_since, self._is_reported = None, False
            return
        self._read_since = self._read_since or now
        is_long = now - self._read_since >= MOST_READING
        level = logging.INFO if is_long and not self._is_reported else logging.DEBUG
        log.log(level, "log of the database not emptied: it is being read")
        self._is_reported = self._is_reported or is_long

    def _is_time(self, now: datetime) -> bool:
        if self._not_before is not None and now < self._not_before:
            return False
        size = file_traces.find_file_size(self._db)
        return size is not None and (size <= SMALL or now.astimezone(UTC).hour in NIGHT_HOURS)

    async def _rebuild(self, now: datetime) -> None:
        self._is_due = False  # before: an erasure meanwhile makes it due again
        try:
            await file_traces.rebuild_file(self._db)
            self._not_before = now + SOON
        except DatabaseError as error:
            self._is_due, self._not_before = True, now + RESPITE
            log.warning("database file not rebuilt", extra={"error": str(error)})
