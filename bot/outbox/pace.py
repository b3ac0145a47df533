"""The speed of messages, kept below what makes the messenger answer "too many requests".

:class:`SendBudget` is arithmetic over the seconds of a monotonic clock; :class:`Pace` lets coroutines wait for it.

Invariants:

* No sliding second holds more planned starts than the messenger's limit, and no sliding minute of a group more sent
  messages than its own; edits and deletions count for the second only.
* Planned starts lie at least a fixed step apart: a burst that keeps the limit when it leaves may break it on arrival.
* A start is granted at most `AHEAD` seconds before its time, so a busy event loop costs no speed. One that is more
  than `LATE` behind is given up and asked for again, because several late starts would bunch.
* Of the requests that could start now the most urgent one does, and among equals the one that has waited longest.
* A chat that has used up its allowance holds up no other chat; a pause that the messenger asks for holds up all.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.db.delivery.letters import LetterPriority
from bot.messages.limits import MessengerLimits
from bot.outbox.messenger import Messenger
from cjm.address import Address

AHEAD = 0.15  # most seconds by which a start is granted before its time
LATE = 0.03  # seconds by which a start may miss its time: a second then holds at most one more than was planned
REPLY_BURST = 4  # answers to quick taps that one person may get at once, before the usual interval holds
MOST_REMEMBERED_PEOPLE = 1000


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Wish to start something. ``to`` is None for what counts over all chats only, such as an edit."""

    to: Address | None
    is_group: bool = False
    priority: int = LetterPriority.REPLY


class SendBudget:
    """Starts that were counted, and the earliest time of the next one. Times are seconds of a monotonic clock."""

    def __init__(self, limits: MessengerLimits) -> None:
        self.paused_until = -math.inf
        self._limits = limits
        self._next_step = -math.inf
        self._starts: deque[float] = deque(maxlen=limits.starts_per_second)
        self._people: dict[Address, float] = {}  # until when a person's allowance is used up
        self._groups: dict[Address, deque[float]] = {}

    def earliest_start(self, request: SendRequest) -> float:
        """Return the earliest time at which this may start, as far as is known by now."""
        return max(self.earliest_of_all(), self.earliest_in_chat(request))

    def earliest_of_all(self) -> float:
        """Return the earliest time at which anything may start, never before a start that was counted already."""
        if not self._starts:
            return self.paused_until
        is_full = len(self._starts) == self._limits.starts_per_second
        second_is_over = self._starts[0] + 1.0 if is_full else -math.inf
        return max(self.paused_until, self._next_step, self._starts[-1], second_is_over)

    def earliest_in_chat(self, request: SendRequest) -> float:
        """Return the earliest time at which this chat takes something."""
        if request.to is None:
            return -math.inf
        if request.is_group:
            starts = self._groups.get(request.to)
            return starts[0] + 60.0 if starts and self._is_full(starts) else -math.inf
        burst = REPLY_BURST if request.priority == LetterPriority.REPLY else 1
        return self._people.get(request.to, -math.inf) - (burst - 1) * self._limits.private_interval

    def _is_full(self, group_starts: deque[float]) -> bool:
        return len(group_starts) == self._limits.group_starts_per_minute

    def count_start(self, request: SendRequest, start: float) -> None:
        """Count a start at this time, which is not before the one of any start counted earlier."""
        # Lost time is not made up for: what bunches here bunches again every second, and may be too much on arrival.
        self._next_step = start + 1.0 / self._limits.starts_per_second
        self._starts.append(start)
        if request.to is not None and request.is_group:
            empty: deque[float] = deque(maxlen=self._limits.group_starts_per_minute)
            self._groups.setdefault(request.to, empty).append(start)
        elif request.to is not None:
            self._people[request.to] = max(self._people.get(request.to, start), start) + self._limits.private_interval
        if len(self._people) > MOST_REMEMBERED_PEOPLE:
            self._people = {person: until for person, until in self._people.items() if until > start}

    def pause_until(self, until: float) -> None:
        """Let nothing start before ``until``, because the messenger asked for it."""
        self.paused_until = max(self.paused_until, until)

    def cooling_chats(self, now: float) -> dict[Address, float]:
        """Return the chats that cannot take a letter now, and when they can."""
        people = {person: until for person, until in self._people.items() if until > now}
        groups = {group: starts[0] + 60.0 for group, starts in self._groups.items() if self._is_full(starts)}
        return people | {group: until for group, until in groups.items() if until > now}


class SendGate:
    """Room for so many letters in flight. A waiting request takes no room; a start is granted only while there is."""

    def __init__(self, pace: Pace, room: int) -> None:
        self._pace = pace
        self._room = room

    @property
    def is_open(self) -> bool:
        return self._room > 0

    def enter(self) -> None:
        self._room -= 1

    def leave(self) -> None:
        self._room += 1
        self._pace.grant_starts()


@dataclass(slots=True, eq=False)
class _WaitingRequest:
    request: SendRequest
    gate: SendGate | None
    granted: asyncio.Future[float] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """Starts for coroutines, in the order of their urgency; the limits are those of the messenger.

    A start is granted a little ahead of its time, so that there is time to note in the database that it begins.
    """

    def __init__(
        self,
        messenger: Messenger,
        budget: SendBudget | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.budget = budget or SendBudget(messenger.limits)
        self.monotonic = monotonic
        self._is_group = messenger.is_group
        self._sleep = sleep
        self._waiting: list[_WaitingRequest] = []
        self._timer: asyncio.Task[None] | None = None

    async def wait_to_start(self, to: Address | None, priority: int = LetterPriority.REPLY) -> None:
        """Return when this may start; from then on it counts as started."""
        while not await self.wait_until(await self.reserve_start(to, priority)):
            pass

    async def reserve_start(
        self, to: Address | None, priority: int = LetterPriority.REPLY, gate: SendGate | None = None
    ) -> float:
        """Return the time to hand to :meth:`wait_until`, a little ahead of it. The caller has then passed the gate."""
        request = SendRequest(to, to is not None and self._is_group(to), priority)
        waiting = _WaitingRequest(request, gate)
        self._waiting.append(waiting)
        self.grant_starts()
        try:
            return await waiting.granted
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif gate is not None:
                gate.leave()
            raise

    async def wait_until(self, start: float) -> bool:
        """Wait for a reserved start; False when it has gone by, so that starting now might be too much at once."""
        if (wait := start - self.monotonic()) > 0:
            await self._sleep(wait)
        return self.monotonic() <= start + LATE

    def make_gate(self, room: int) -> SendGate:
        return SendGate(self, room)

    def pause(self, seconds: float) -> None:
        """Let nothing start for so long."""
        self.budget.pause_until(self.monotonic() + seconds)

    def seconds_paused(self) -> float:
        """Return for how many seconds more nothing may start."""
        return max(0.0, self.budget.paused_until - self.monotonic())

    def cooling_chats(self) -> dict[Address, float]:
        """Return the chats that cannot take a letter now, and in how many seconds they can."""
        now = self.monotonic()
        return {chat: until - now for chat, until in self.budget.cooling_chats(now).items()}

    def grant_starts(self) -> None:
        """Grant the starts that are near enough, and come back when the next one is."""
        now = self.monotonic()
        while (start := max(now, self.budget.earliest_of_all())) <= now + AHEAD and (ready := self._ready_at(start)):
            chosen = min(ready, key=lambda waiting: waiting.request.priority)
            self._waiting.remove(chosen)
            if chosen.granted.done():  # its coroutine was cancelled a moment ago
                continue
            self.budget.count_start(chosen.request, start)
            if chosen.gate is not None:
                chosen.gate.enter()
            chosen.granted.set_result(start)
        self._set_timer(now)

    def _ready_at(self, start: float) -> list[_WaitingRequest]:
        return [one for one in self._at_open_gates() if self.budget.earliest_in_chat(one.request) <= start]

    def _at_open_gates(self) -> list[_WaitingRequest]:
        return [one for one in self._waiting if one.gate is None or one.gate.is_open]

    def _set_timer(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if waiting := self._at_open_gates():
            wait = min(self._time_to_grant(one.request) for one in waiting) - now
            self._timer = asyncio.get_running_loop().create_task(self._grant_after(wait))

    def _time_to_grant(self, request: SendRequest) -> float:
        """Return when this start can be granted: ahead of what counts for all, but not before its chat is ready."""
        of_all, in_chat = self.budget.earliest_of_all(), self.budget.earliest_in_chat(request)
        return in_chat if in_chat > of_all else of_all - AHEAD

    async def _grant_after(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._timer = None
        self.grant_starts()
