"""Named ticks that call use cases at intervals; what is due stands in the database, never here.

Invariants:

* Two runs of the same tick never overlap. A tick that missed several intervals runs once to catch up.
* A tick that fails is logged and runs again after its interval; the other ticks are not affected.
* When business time is moved, every tick runs immediately; one that is running runs again when it has ended.

APScheduler measures the intervals, in wall time.
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
    """Run each of ``ticks`` at its interval. They map a name to interval and use case; `run_all` keeps their order.

    Outside `run_all` ticks run at the same time as others, so no tick may rely on another one having run before it.
    """

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]], clock: Clock) -> None:
        self._ticks = {name: tick for name, (_every, tick) in ticks.items()}
        self._locks = {name: asyncio.Lock() for name in ticks}
        self._clock = clock
        self._run_requests = 0  # calls of run_all_soon: a tick that is running compares it before it ends
        self._remove_listener: Callable[[], None] = lambda: None
        self._running: set[asyncio.Task[Any]] = set()
        # "coalesce" and no limit of lateness: a tick that missed any number of intervals runs once, however late.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for name, (every, _tick) in ticks.items():
            self._scheduler.add_job(
                self._run_job, "interval", seconds=every.total_seconds(), args=[name], id=name, next_run_time=wall_now()
            )

    def start(self) -> None:
        """Start the intervals; each tick runs once immediately."""
        self._scheduler.start()
        self._remove_listener = self._clock.add_listener(self.run_all_soon)

    async def stop(self) -> None:
        """Stop all ticks and cancel those that run. A transaction that has begun is committed or rolled back as one.

        On SQLite that may happen after the return: the writer's thread cannot be cancelled, and `Database.close` waits
        for it.
        """
        self._remove_listener()
        self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def run_all_soon(self) -> None:
        """Run every tick now, because time was moved or events came in. Returns before they run.

        A tick that is running runs again when it has ended, unless it fails.
        """
        self._run_requests += 1
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
        """Run a tick for APScheduler, and log its failure without the error's text, which may hold customers' words.

        APScheduler would log that text.
        """
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            # A request may come while the tick runs. APScheduler skips a job that is running, so it is repeated here.
            seen = -1
            while seen != self._run_requests:
                seen = self._run_requests
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
