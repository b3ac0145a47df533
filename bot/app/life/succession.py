"""Lead whenever this process holds the lease, and wait for it otherwise.

Invariants:
* A lost lease ends the work of the leader and nothing else: the process goes on to serve HTTP, and waits to lead again.
* Only before it has led once can an error end the process: a wrong setting shows then. A database that is away, and
  each error later, is logged, and the lease is wanted again after a pause.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from bot.app.life.leader_work import LeaderWork
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseAway, DatabaseError
from bot.db.engine.leases import Leadership
from bot.faults import describe_fault
from bot.outbox.messenger import DeliveryError

log = logging.getLogger(__name__)
PAUSE = 5.0  # seconds before the lease is wanted again, after an error


class Succession:
    """``await start()`` returns when this process leads; from then on it leads whenever it holds the lease.

    ``on_waiting`` is called when another process is found to lead, each time that this one begins to wait.
    """

    def __init__(self, db: Database, work: LeaderWork, on_waiting: Callable[[], None] = lambda: None) -> None:
        self.is_leading = False
        self._db, self._work, self._on_waiting = db, work, on_waiting
        self._first = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Wait until this process leads. Raises what ended it before: AlreadyRunning, DatabaseError, DeliveryError."""
        self._task = asyncio.create_task(self._keep_leading())
        led = asyncio.create_task(self._first.wait())
        try:
            await asyncio.wait({self._task, led}, return_when=asyncio.FIRST_COMPLETED)
            if self._task.done():
                self._task.result()
        finally:
            led.cancel()

    async def stop(self) -> None:
        """Stop leading or waiting, and release the lease, so that the next process leads at once."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):  # `start` has raised the error
                await self._task

    async def _keep_leading(self) -> None:
        logged = ""
        while True:
            try:
                async with Leadership(self._db, on_waiting=self._on_waiting) as leadership:
                    await self._lead_until_lost(leadership)
            except Exception as error:
                if not (self._first.is_set() or isinstance(error, DatabaseAway)):
                    raise
                reason = str(error) if isinstance(error, DatabaseError | DeliveryError) else describe_fault(error)
                if reason != logged:  # one line, however long it lasts
                    log.error("cannot lead now", extra={"error": reason})
                logged = reason
                await asyncio.sleep(PAUSE)
            else:
                logged = ""

    async def _lead_until_lost(self, leadership: Leadership) -> None:
        """Do the leader's work until the lease is lost. A lease that is lost during the beginning ends that too."""
        started = asyncio.create_task(self._work.start(leadership.epoch))
        lost = asyncio.create_task(leadership.lost.wait())
        try:
            await asyncio.wait({started, lost}, return_when=asyncio.FIRST_COMPLETED)
            if started.done():
                started.result()
                log.info("this process leads", extra={"epoch": leadership.epoch})
                self.is_leading = True
                self._first.set()
            await lost
        finally:
            self.is_leading = False
            started.cancel()
            lost.cancel()
            await asyncio.gather(started, lost, return_exceptions=True)
            await self._work.stop()
