"""Named ticks that call use cases at intervals; what is due stands in the database, never here.

Invariants:

* A tick never runs beside itself. A tick that is late is made up for once, however many turns it missed.
* A tick that fails is logged and comes again at its next turn; the others are not affected.
* When business time is moved, every tick comes at once.

APScheduler keeps the time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock, wall_now
from bot.faults import describe_fault

log = logging.getLogger(__name__)
Tick = Callable[[], Awaitable[object]]


class TickScheduler:
    """Metronome over ``ticks``: interval and use case by name, in the order in which one makes work for the next."""

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]], clock: Clock) -> None:
        self._ticks = {name: tick for name, (_every, tick) in ticks.items()}
        self._locks = {name: asyncio.Lock() for name in ticks}
        self._clock = clock
        self._moves = 0
        self._forget: Callable[[], None] = lambda: None
        self._running: set[asyncio.Task[Any]] = set()
        # coalesce and no grace time: a tick that missed any number of turns comes once, however late.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for name, (every, _tick) in ticks.items():
            self._scheduler.add_job(
                self._run_job, "interval", seconds=every.total_seconds(), args=[name], id=name, next_run_time=wall_now()
            )

    def start(self) -> None:
        """Start the clockwork; each tick comes once immediately."""
        self._scheduler.start()
        self._forget = self._clock.add_listener(self.run_all_soon)

    async def stop(self) -> None:
        """Stop all ticks. One that is running is cut off: its transaction is committed by then or rolled back."""
        self._forget()
        self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def run_all_soon(self) -> None:
        """Let every tick come now, because time was moved or events came in.

        A tick that is running comes again when it has ended.
        """
        self._moves += 1
        for name in self._ticks:
            self._scheduler.modify_job(name, next_run_time=wall_now())

    async def run_one(self, name: str) -> None:
        """Run one tick now, and raise its error."""
        await self._run_tick(name)

    async def run_all(self) -> None:
        """Run each tick once, one after the other, and raise the first error: for the demo and for tests."""
        for name in self._ticks:
            await self._run_tick(name)

    async def _run_job(self, name: str) -> None:
        """Run a tick for APScheduler and log its failure here: APScheduler would log the error's text.

        That text may hold customers' words.
        """
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            # Time may be moved while the tick runs: then it runs once more, for the new time.
            seen = -1
            while seen != self._moves:
                seen = self._moves
                await self._run_tick(name)
        except asyncio.CancelledError:
            pass  # Tropa stops; APScheduler would log it as an error
        except Exception as error:
            log.exception("tick failed", extra={"tick": name, "error": describe_fault(error)}, exc_info=False)
        finally:
            self._running.discard(task)

    async def _run_tick(self, name: str) -> None:
        """Run a tick when its previous run has ended."""
        async with self._locks[name]:
            await self._ticks[name]()
