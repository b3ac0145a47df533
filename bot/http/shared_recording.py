"""Record the events of posts that come at the same time together, as if they had come in one list.

A transaction costs the same for one event as for many: systems that post each event by itself share it.

Invariants:
* Posts that come while `MOST_TRANSACTIONS` are under way wait, and share the next one in the order in which they came,
  up to `BATCH` events.
* A post gets its results after the commit that holds its events.
* When a transaction fails by a fault, each of its posts is recorded again alone, so that no post fails by another one.
  While the database is away, all of them fail with it, and none is tried again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.db.engine.errors import DatabaseError
from bot.http.sources.source import BATCH
from bot.usecases.asking.event_checks import EventResult, EventStatus
from bot.usecases.asking.record_visits import RecordVisits
from cjm.journeys.visit import Event

# While one waits for the disk or the server, the other computes. More would share less, and would take connections to
# PostgreSQL from taps and from the lease.
MOST_TRANSACTIONS = 2


@dataclass(slots=True, eq=False)
class _WaitingEvents:
    """Events of one post that wait to be recorded, with the future of their results."""

    events: Sequence[Event]
    done: asyncio.Future[Sequence[EventResult]]


class SharedRecording:
    """``await recording.record(events)``. ``on_accepted`` is called after each transaction with accepted events."""

    def __init__(self, record_visits: RecordVisits, on_accepted: Callable[[], None]) -> None:
        self._record_visits, self._on_accepted = record_visits, on_accepted
        self._waiting: deque[_WaitingEvents] = deque()
        self._runners: set[asyncio.Task[None]] = set()

    async def record(self, events: Sequence[Event]) -> Sequence[EventResult]:
        """Record up to `BATCH` events of one post; return their results in their order. Raises DatabaseError."""
        waiting = _WaitingEvents(events, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._runners) < MOST_TRANSACTIONS:
            runner = asyncio.create_task(self._record_all())
            self._runners.add(runner)
            runner.add_done_callback(self._runners.discard)
        return await waiting.done

    async def _record_all(self) -> None:
        while self._waiting:
            group = [each for each in self._take_group() if not each.done.cancelled()]
            if group and not await self._record_together(group):
                for each in group:
                    await self._record_together([each])

    def _take_group(self) -> list[_WaitingEvents]:
        taken = [self._waiting.popleft()]
        room = BATCH - len(taken[0].events)
        while self._waiting and len(self._waiting[0].events) <= room:
            room -= len(self._waiting[0].events)
            taken.append(self._waiting.popleft())
        return taken

    async def _record_together(self, group: Sequence[_WaitingEvents]) -> bool:
        """Record posts in one transaction and release their results; return False if each must be tried alone."""
        try:
            results = await self._record_visits([event for each in group for event in each.events])
        except Exception as error:
            if len(group) > 1 and not isinstance(error, DatabaseError):
                return False
            for each in group:
                if not each.done.done():  # done: its sender waits no more
                    each.done.set_exception(error)
            return True
        if any(result.status is EventStatus.ACCEPTED for result in results):
            self._on_accepted()
        in_order = iter(results)
        for each in group:
            theirs = list(islice(in_order, len(each.events)))
            if not each.done.done():
                each.done.set_result(theirs)
        return True
