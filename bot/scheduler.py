"""A metronome: a few named ticks call use cases; what is due stands in the database, never here.

APScheduler keeps the time: a tick that is late is made up for once and not dropped, none runs beside itself, and one
that fails is reported and comes again. When business time is moved, every tick comes at once.
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
    """``ticks`` are (interval, what to do) by name, in the order in which they follow from each other."""

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]], clock: Clock) -> None:
        self._ticks = {name: tick for name, (_every, tick) in ticks.items()}
        self._turns = {name: asyncio.Lock() for name in ticks}
        self._clock = clock
        self._hurries = 0
        self._forget: Callable[[], None] = lambda: None
        self._running: set[asyncio.Task[Any]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for name, (every, _tick) in ticks.items():
            self._scheduler.add_job(
                self._run_job, "interval", seconds=every.total_seconds(), args=[name], id=name, next_run_time=wall_now()
            )

    def start(self) -> None:
        """Begin; each tick comes once at the start."""
        self._scheduler.start()
        self._forget = self._clock.add_listener(self.run_all_soon)

    async def stop(self) -> None:
        """No more ticks. One that is running is cut off: its transaction ends or never was."""
        self._forget()
        self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def run_all_soon(self) -> None:
        """Let every tick come now: time has been moved. One that is running comes again when it is through."""
        self._hurries += 1
        for name in self._ticks:
            self._scheduler.modify_job(name, next_run_time=wall_now())

    async def run_one(self, name: str) -> None:
        """Let one tick come now, and raise what goes wrong."""
        await self._run_tick(name)

    async def run_all(self) -> None:
        """Let each tick come once, one after the other, and raise what goes wrong: for the demo and for tests."""
        for name in self._ticks:
            await self._run_tick(name)

    async def _run_job(self, name: str) -> None:
        """A failure ends here: APScheduler would write its text, which may hold what somebody said, to the log."""
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            seen = -1
            while seen != self._hurries:
                seen = self._hurries
                await self._run_tick(name)
        except Exception as error:
            log.exception("tick failed", extra={"tick": name, "error": describe_fault(error)}, exc_info=False)
        finally:
            self._running.discard(task)

    async def _run_tick(self, name: str) -> None:
        """A tick never runs beside itself, whoever asks for it."""
        async with self._turns[name]:
            await self._ticks[name]()
