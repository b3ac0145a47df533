"""One process leads: it alone sends, polls and ticks.

Invariants:

* On PostgreSQL a row names the leader and how long it leads, by the database's clock: renewed every 2 s, lost after
  8 s. On SQLite a lock on a file beside the database decides; the system releases it even when the process is killed.
* A leader that cannot renew its lease gives up about `RENEW_EVERY` seconds before another may lead.
* One that waits looks every 2 s, and at the very moment at which the lease ends: where a leader was killed, another
  leads 8 s after its last renewal.
* A database that is away ends no waiting for the lease.
* Each leader has a higher epoch than the one before. Every step of a letter names the epoch, so a process that was
  replaced cannot begin to send one.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, func, select, update

from bot.clock import wall_now
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseAway, DatabaseError
from bot.db.engine.rows import changes_row
from bot.db.engine.tables import lease_table
from bot.db.engine.upsert import insert

log = logging.getLogger(__name__)
RENEW_EVERY = 2.0  # seconds
LOST_AFTER = 8.0  # seconds
RELEASE_SECONDS = 1.0  # the end of a process does not wait longer for a database that is away
AFTER_ITS_END = 0.02  # seconds after the end of a lease at which one that waits looks: at its end it is still held
SENDER = "sender"  # name of the only lease


class Leadership:
    """Leadership of this process: ``async with Leadership(db) as lead:`` waits until it leads.

    Then ``lead.epoch`` is its number. ``lead.lost`` is set when another process may lead: stop sending, polling and
    ticking at once. ``on_waiting`` is called when another process is found to lead. On SQLite entering raises
    AlreadyRunning instead of waiting. Times are in seconds.
    """

    def __init__(
        self,
        db: Database,
        renew_every: float = RENEW_EVERY,
        lost_after: float = LOST_AFTER,
        on_waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self.epoch = 0
        self.lost = asyncio.Event()
        self._db = db
        self._holder = f"{os.getpid()}-{uuid4().hex[:12]}"
        self._renew_every = renew_every
        self._lost_after = lost_after
        self._on_waiting = on_waiting
        self._renewing: asyncio.Task[None] | None = None
        self._seconds_left = 0.0  # of another leader's lease, when it was last looked at

    async def __aenter__(self) -> Self:
        if self._db.is_sqlite:
            self._db.files.lock()
            try:
                await self.try_to_lead()
            except BaseException:
                self._db.files.unlock()  # else this process would find itself leading when it tries again
                raise
            self._renewing = asyncio.create_task(self._watch_lock())
            return self
        await self._wait_to_lead()
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing
        if self._db.is_sqlite:
            self._db.files.unlock()
        elif self._renewing is not None:
            with contextlib.suppress(DatabaseError, TimeoutError):  # then the lease runs out by itself
                async with asyncio.timeout(RELEASE_SECONDS):
                    await self._db.write(lambda tx: _release_lease(tx, self._holder, self.epoch))

    async def try_to_lead(self) -> bool:
        """Take the lease if it is free or over; return whether this process leads now."""
        lost_after = None if self._db.is_sqlite else self._lost_after
        epoch, self._seconds_left = await self._db.write(lambda tx: _try_to_take_lease(tx, self._holder, lost_after))
        self.epoch = epoch or 0
        return epoch is not None

    async def _wait_to_lead(self) -> None:
        """Wait until the lease is ours. A row can only be polled."""
        is_announced = is_away = False
        while True:
            pause = self._renew_every
            try:
                if await self.try_to_lead():
                    return
                is_away = False
                pause = min(pause, self._seconds_left + AFTER_ITS_END)
                if not is_announced:
                    self._on_waiting()
                    is_announced = True
            except DatabaseAway as error:
                if not is_away:
                    log.warning("waiting to lead until the database is back", extra={"error": str(error)})
                is_away = True
            await asyncio.sleep(pause)

    async def _watch_lock(self) -> None:
        """Set ``lost`` when the lock file was removed: another process may lock a new one at any moment."""
        while not self._db.files.is_lock_lost:  # noqa: ASYNC110 - a file can only be polled
            await asyncio.sleep(self._renew_every)
        log.warning("leadership lost: the lock file was removed", extra={"epoch": self.epoch})
        self.lost.set()

    async def _renew(self) -> None:
        """Renew the lease until that fails for too long, then set ``lost``."""
        good_until = time.monotonic() + self._lost_after - self._renew_every
        pause = self._renew_every
        while True:
            # Never beyond the moment of giving up: after it another may lead.
            await asyncio.sleep(min(pause, max(0.0, good_until - time.monotonic())))
            asked = time.monotonic()  # from before the call: the answer may take long, and the lease runs meanwhile
            try:
                async with asyncio.timeout(max(0.0, good_until - asked)):
                    mine = await self._db.write(
                        lambda tx: _extend_lease(tx, self._holder, self.epoch, self._lost_after)
                    )
                good_until, pause = asked + self._lost_after - self._renew_every, self._renew_every
            except Exception:  # whatever it is: a lease that is not renewed is lost
                mine, pause = time.monotonic() < good_until, self._renew_every / 4
            if not mine:
                log.warning("leadership lost", extra={"epoch": self.epoch})
                self.lost.set()
                return


def _database_now(tx: Connection) -> datetime:
    """Return PostgreSQL's own time, so that the clocks of several machines need not agree; on SQLite, ours."""
    if tx.dialect.name == "postgresql":
        now: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
        return now
    return wall_now()


def _try_to_take_lease(tx: Connection, holder: str, lost_after: float | None) -> tuple[int | None, float]:
    """Return the new leader's epoch, or None with the seconds for which another one's lease still holds."""
    epoch = _take_lease(tx, holder, lost_after)
    if epoch is not None:
        return epoch, 0.0
    until: datetime = tx.execute(select(lease_table.c.until).where(lease_table.c.name == SENDER)).scalar_one()
    return None, max(0.0, (until - _database_now(tx)).total_seconds())


def _take_lease(tx: Connection, holder: str, lost_after: float | None) -> int | None:
    """Return the new leader's epoch, or None while another leads. Without ``lost_after`` the file lock has decided."""
    now = _database_now(tx)
    until = now + timedelta(seconds=lost_after or 0)
    first = insert(tx, lease_table).values(name=SENDER, holder=holder, epoch=1, until=until)
    taken = first.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "epoch": lease_table.c.epoch + 1, "until": until},
        where=lease_table.c.until < now if lost_after is not None else None,
    )
    return tx.execute(taken.returning(lease_table.c.epoch)).scalar()


def _extend_lease(tx: Connection, holder: str, epoch: int, lost_after: float) -> bool:
    until = _database_now(tx) + timedelta(seconds=lost_after)
    mine = update(lease_table).where(_is_held_by(holder, epoch))
    return changes_row(tx, mine.values(until=until).returning(lease_table.c.epoch))


def _release_lease(tx: Connection, holder: str, epoch: int) -> None:
    """End the lease now, so that the next process leads at once."""
    tx.execute(
        update(lease_table).where(_is_held_by(holder, epoch)).values(until=_database_now(tx) - timedelta(seconds=1))
    )


def _is_held_by(holder: str, epoch: int) -> ColumnElement[bool]:
    return (lease_table.c.name == SENDER) & (lease_table.c.holder == holder) & (lease_table.c.epoch == epoch)
