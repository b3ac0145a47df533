"""Named ticks that call use cases at intervals; what is due stands in the database, never here.

Invariants:

* Two runs of the same tick never overlap. A tick that missed several intervals runs once to catch up, and one that
  takes longer than its interval, and than `PATIENCE`, is told in one line of the log.
* At most `AT_ONCE` ticks run at the same time, in the order in which they fell due: all of them are due at a start, and
  when events come in. They leave the other connections of the database to taps and events. Rare ticks leave one of the
  places to others: they may look through all that is stored, while questions wait to be sent.
* A tick that fails is logged and runs again after its interval; the other ticks are not affected. A database that is
  away is logged by the database, once for all.
* A wall clock that is set back delays no tick for longer than `WALL_CHECK` and its interval.
* When business time is moved, every tick runs immediately; one that is running runs again when it has ended. A rare one
  only runs if its interval has passed in business time too: it looks for what is old.
* When events come in, the same happens at once, and while more come at most once in `EVENT_PAUSE`: thousands a second
  would keep every tick running all the time. What the last of them brought is looked at, too.

APScheduler measures the intervals, in wall time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock, monotonic, wall_now
from bot.db.engine.errors import DatabaseError
from bot.faults import describe_fault

log = logging.getLogger(__name__)
RARE = timedelta(hours=1)
"""Interval from which a tick is rare."""
PATIENCE = timedelta(seconds=10)
"""Least time after which a tick is reported as slow: at a start, a tick of each second takes a few."""
WALL_CHECK = timedelta(seconds=10)
"""Interval at which is looked whether the wall clock was set back."""
AT_ONCE = 3
"""Ticks that run at the same time, at most. Each holds a connection to the database, and opens one where none is free.
With one place, a tick that takes long would hold up all others."""
RARE_AT_ONCE = AT_ONCE - 1
"""Rare ticks that run at the same time, at most."""
EVENT_PAUSE = 0.5
"""Seconds between two runs of all ticks for events that come in."""
Tick = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class _TickRun:
    task: asyncio.Task[Any]
    began: float | None = None  # monotonic; None while it waits for one of the places
    is_reported: bool = False


class TickScheduler:
    """Run each of ``ticks`` at its interval. They map a name to interval and use case; `run_all` keeps their order.

    Outside `run_all` ticks run at the same time as others, so no tick may rely on another one having run before it.
    """

    def __init__(
        self,
        ticks: Mapping[str, tuple[timedelta, Tick]],
        clock: Clock,
        patience: timedelta = PATIENCE,
        wall_check: timedelta = WALL_CHECK,
    ) -> None:
        self._ticks = {name: tick for name, (_every, tick) in ticks.items()}
        self._locks = {name: asyncio.Lock() for name in ticks}
        self._places, self._rare_places = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(RARE_AT_ONCE)
        self._clock, self._patience, self._wall_check = clock, patience, wall_check
        self._wall_watch: asyncio.Task[None] | None = None
        self._wanted: set[str] = set()  # ticks of which no run has begun since they fell due
        self._last_event_run = float("-inf")  # monotonic
        self._next_event_run: asyncio.TimerHandle | None = None
        self._remove_listener: Callable[[], None] = lambda: None
        self._running: dict[str, _TickRun] = {}
        self._intervals = {name: every for name, (every, _tick) in ticks.items()}
        self._last_runs: dict[str, datetime] = {}  # business time at which each rare tick began last
        self._scheduler: AsyncIOScheduler | None = None  # None while stopped

    def start(self) -> None:
        """Start the intervals; each tick runs once immediately. After `stop` it can be started again."""
        # "coalesce" and no limit of lateness: a tick that missed any number of intervals runs once, however late.
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None})
        for name, every in self._intervals.items():
            self._scheduler.add_job(
                self._run_job, "interval", seconds=every.total_seconds(), args=[name], id=name, next_run_time=wall_now()
            )
        self._scheduler.start()
        self._wall_watch = asyncio.create_task(self._watch_wall_clock())
        self._remove_listener = self._clock.add_listener(self.run_all_soon)

    async def stop(self) -> None:
        """Stop all ticks and cancel those that run. A transaction that has begun is committed or rolled back as one.

        On SQLite that may happen after the return: the writer's thread cannot be cancelled, and `Database.close` waits
        for it. Does nothing while stopped.
        """
        if self._scheduler is None:
            return
        self._remove_listener()
        if self._next_event_run is not None:
            self._next_event_run.cancel()
            self._next_event_run = None
        self._scheduler.shutdown(wait=False)
        self._scheduler = None
        tasks = [run.task for run in self._running.values()]
        tasks += [self._wall_watch] if self._wall_watch is not None else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running.clear()  # also of those that were cancelled before they began
        self._wanted.clear()

    async def _watch_wall_clock(self) -> None:
        """Run ticks whose next time is farther away than their interval: the wall clock was set back since they ran.

        APScheduler would leave them until it shows that time again.
        """
        while True:
            await asyncio.sleep(self._wall_check.total_seconds())  # monotonic time
            now = wall_now()
            for name, every in self._intervals.items():
                job = self._scheduler.get_job(name) if self._scheduler is not None else None
                if job is not None and job.next_run_time > now + every + self._wall_check:
                    job.modify(next_run_time=now)

    def run_all_soon(self) -> None:
        """Run every tick now, because time was moved. Returns before they run.

        A tick that is running runs again when it has ended, unless it fails. Does nothing while stopped: then another
        process leads, and finds what is due in the database.
        """
        if self._scheduler is None:
            return
        for name in self._list_needed():
            self._run_soon(name)

    def run_for_events(self) -> None:
        """Run every tick soon, because events came in: see the module's invariants. Returns before they run."""
        if self._scheduler is None or self._next_event_run is not None:
            return
        pause = self._last_event_run + EVENT_PAUSE - monotonic()
        if pause <= 0:
            self._run_for_events()
        else:
            self._next_event_run = asyncio.get_running_loop().call_later(pause, self._run_for_events)

    def _run_for_events(self) -> None:
        self._next_event_run, self._last_event_run = None, monotonic()
        self.run_all_soon()

    def _list_needed(self) -> list[str]:
        """Return the ticks that may find something to do: all but the rare ones that have run lately."""
        now = self._clock.now()
        return [
            name
            for name, every in self._intervals.items()
            if name not in self._last_runs or not timedelta() <= now - self._last_runs[name] < every
        ]

    async def run_one(self, name: str) -> None:
        """Run one tick now, and raise its error."""
        await self._run_tick(name)

    async def run_all(self) -> None:
        """Run each needed tick once, one after the other, and raise the first error: for the demo and for tests."""
        for name in self._list_needed():
            await self._run_tick(name)

    async def _run_job(self, name: str) -> None:
        """Run a tick, as its interval has passed. A coroutine: APScheduler would give a function a thread."""
        if name in self._running:
            self._report_slow(name)
        else:
            self._run_soon(name)

    def _run_soon(self, name: str) -> None:
        self._wanted.add(name)
        if name not in self._running:
            self._running[name] = _TickRun(asyncio.create_task(self._run_wanted(name)))

    async def _run_wanted(self, name: str) -> None:
        """Run a tick while it is wanted. Log its failure without the error's text, which may hold customers' words.

        A run that somebody else has begun since it fell due has done its work.
        """
        try:
            while name in self._wanted:
                async with self._rare_places if self._is_rare(name) else nullcontext(), self._places:
                    if name in self._wanted:
                        self._running[name].began = monotonic()
                        await self._run_tick(name)
        except DatabaseError:
            pass  # the database itself logs that it is away, once; what is due stays due
        except Exception as error:
            log.exception("tick failed", extra={"tick": name, "error": describe_fault(error)}, exc_info=False)
        finally:
            self._running.pop(name, None)

    def _is_rare(self, name: str) -> bool:
        return self._intervals[name] >= RARE

    def _report_slow(self, name: str) -> None:
        """Log once per run that a tick takes longer than its interval."""
        run = self._running[name]
        limit = max(self._intervals[name], self._patience).total_seconds()
        if not run.is_reported and run.began is not None and monotonic() - run.began > limit:
            run.is_reported = True
            log.warning("tick takes longer than its interval", extra={"tick": name})

    async def _run_tick(self, name: str) -> None:
        """Run a tick when its previous run has ended."""
        async with self._locks[name]:
            self._wanted.discard(name)
            began = self._clock.now()
            await self._ticks[name]()
            if self._is_rare(name):
                self._last_runs[name] = began
