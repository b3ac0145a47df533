"""The speed of messages, kept below what makes the messenger answer "too many requests".

:class:`Pace` lets coroutines wait for a start; how many may start when is the arithmetic of `bot.outbox.send_budget`.

Invariants:

* A start is granted at most `AHEAD` seconds before its time, so a busy event loop costs no speed. It begins when its
  coroutine is ready for it, in the order of the grants: one that comes late takes the next free moment, whether by 30
  ms or by seconds, and gives up nothing. So lateness of one letter costs the others nothing, and what holds up the
  whole process costs no more than the time that it takes.
* Of the requests that could start now the most urgent one does, and among equals the one that has waited longest. But
  after `MOST_REPLIES_IN_A_ROW` replies a letter that could start does: a storm of taps does not stop the letters.
* A chat that has used up its allowance, or that the messenger paused, holds up no other chat: replies to it wait here,
  and a letter to it is sent away if it would wait longer than `LONGEST_LETTER_WAIT`.
* Only a pause that two chats ask for at once holds up all.
"""

from __future__ import annotations

import asyncio
import bisect
import math
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from bot.db.delivery.letter_choice import ChatTurns
from bot.db.delivery.letters import LetterPriority
from bot.outbox.messenger import Messenger
from bot.outbox.send_budget import PlannedStart, SendBudget, SendRequest, StartKind
from cjm.address import Address

AHEAD = 0.15  # most seconds by which a start is granted before its time
LONGEST_LETTER_WAIT = 5.0  # seconds; a letter that waits longer for its chat keeps one of few places from the others
MOST_REPLIES_IN_A_ROW = 4  # before a letter that could start does


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
        self._pace.move_on()


@dataclass(slots=True, eq=False)
class _WaitingRequest:
    """Request with the start that will be granted to it: None if it is a letter that is sent away."""

    request: SendRequest
    gate: SendGate | None
    granted: asyncio.Future[PlannedStart | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def is_at_open_gate(self) -> bool:
        return self.gate is None or self.gate.is_open


@dataclass(slots=True, eq=False)
class _ReadyStart:
    """Granted start whose coroutine waits to begin."""

    start: PlannedStart
    begun: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


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
        self._waiting: list[_WaitingRequest] = []  # by urgency, and by the time of asking among equals
        self._replies_in_a_row = 0
        self._ready: list[_ReadyStart] = []  # by the time that was planned
        self._timer: asyncio.Task[None] | None = None
        self._timer_at = math.inf

    async def wait_to_start(
        self,
        to: Address | None,
        priority: int = LetterPriority.REPLY,
        kind: StartKind = StartKind.MESSAGE,
        about: int | None = None,
    ) -> None:
        """Return when this may start; from then on it counts as started."""
        start = await self._reserve(_WaitingRequest(self._make_request(to, priority, kind, about), None))
        assert start is not None  # only letters are sent away
        try:
            await self.begin(start)
        finally:
            self.give_up(start)

    async def reserve_letter_start(
        self, to: Address, priority: int, gate: SendGate, about: int | None = None
    ) -> PlannedStart | None:
        """Return the start to hand to :meth:`begin` or :meth:`give_up`, a little ahead of its time.

        The caller has then passed the gate.

        None when the chat will not take a letter about this person for long: it has passed no gate, and others should
        go first.
        """
        waiting = _WaitingRequest(self._make_request(to, priority, StartKind.MESSAGE, about), gate)
        return None if self._waits_too_long(waiting) else await self._reserve(waiting)

    async def reserve_reply_start(self, to: Address, kind: StartKind) -> PlannedStart:
        """Return the start to hand to :meth:`begin` or :meth:`give_up`, a little ahead of its time."""
        start = await self._reserve(_WaitingRequest(self._make_request(to, LetterPriority.REPLY, kind), None))
        assert start is not None  # only letters are sent away
        return start

    def seconds_until_reply(self, to: Address, kind: StartKind) -> float:
        """Return in how many seconds this chat takes a reply of this kind, apart from what counts for all chats."""
        request = self._make_request(to, LetterPriority.REPLY, kind)
        return max(0.0, self.budget.earliest_in_chat(request) - self.monotonic())

    def _make_request(
        self, to: Address | None, priority: int, kind: StartKind, about: int | None = None
    ) -> SendRequest:
        return SendRequest(to, to is not None and self._is_group(to), priority, kind, about)

    async def _reserve(self, waiting: _WaitingRequest) -> PlannedStart | None:
        bisect.insort(self._waiting, waiting, key=lambda one: one.request.urgency)
        self.move_on()
        try:
            return await waiting.granted
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif not waiting.granted.cancelled() and (start := waiting.granted.result()) is not None:
                self.give_up(start)
                if waiting.gate is not None:
                    waiting.gate.leave()
            raise

    async def begin(self, start: PlannedStart) -> None:
        """Return when a granted start may begin; from then on it counts as begun, at this very moment."""
        ready = _ReadyStart(start)
        bisect.insort(self._ready, ready, key=lambda one: one.start.at)
        self.move_on()
        try:
            await ready.begun
        finally:
            if ready in self._ready:  # cancelled
                self._ready.remove(ready)

    def give_up(self, start: PlannedStart) -> None:
        """Leave a granted start to others if it has not begun."""
        if self.budget.give_up(start):
            self.move_on()

    def make_gate(self, room: int) -> SendGate:
        return SendGate(self, room)

    def pause(self, chat: Address | None, seconds: float) -> None:
        """Let nothing start in this chat for so long; the messenger asked for it.

        ``chat`` is None if the call named none. Everything is paused when another chat has just asked as well.
        """
        self.budget.pause(chat, self.monotonic(), seconds)
        if chat is not None:
            self._send_letters_away(chat)

    def note_taken_message(self) -> None:
        """Note that the messenger has taken a message: what single chats asked for does not hold for all."""
        self.budget.note_taken_message()

    def seconds_paused(self, chat: Address | None = None) -> float:
        """Return for how many seconds more nothing may start: in this chat, or anywhere without one."""
        until = self.budget.paused_until
        if chat is not None:
            until = max(until, self.budget.chat_paused_until(chat))
        return max(0.0, until - self.monotonic())

    def cooling_chats(self) -> dict[Address, float]:
        """Return the chats that cannot take a letter now, and in how many seconds they can."""
        now = self.monotonic()
        return {chat: until - now for chat, until in self.budget.cooling_chats(now).items()}

    def list_turns(self) -> dict[Address, ChatTurns]:
        """Return whom letters were about in the last minute, in chats where they were about somebody."""
        return self.budget.list_turns(self.monotonic())

    def move_on(self) -> None:
        """Begin the starts whose time has come, grant those that are near enough, and come back for the next ones."""
        now = self.monotonic()
        self._begin_starts(now)
        self._grant_starts(now)
        self._set_timer(now)

    def _begin_starts(self, now: float) -> None:
        while ready := next((one for one in self._ready if self.budget.earliest_begin(one.start) <= now), None):
            self._ready.remove(ready)
            if not ready.begun.done():  # else its coroutine was cancelled a moment ago
                self.budget.begin(ready.start, now)
                ready.begun.set_result(None)

    def _grant_starts(self, now: float) -> None:
        while (at := max(now, self.budget.earliest_of_all())) <= now + AHEAD and (chosen := self._find_ready(at)):
            self._waiting.remove(chosen)
            if chosen.granted.done():  # its coroutine was cancelled a moment ago
                continue
            start = self.budget.plan(chosen.request, at)
            self._replies_in_a_row = self._replies_in_a_row + 1 if chosen.gate is None else 0
            if chosen.gate is not None:
                chosen.gate.enter()
            chosen.granted.set_result(start)
            if chosen.request.to is not None and chosen.request.counts_for_group:
                self._send_letters_away(chosen.request.to)

    def _find_ready(self, start: float) -> _WaitingRequest | None:
        # Sorted by urgency, so nearly always one of the first: the cost does not grow with those that wait.
        first = self._find_first_ready(self._at_open_gates(), start)
        if first is None or first.gate is not None or self._replies_in_a_row < MOST_REPLIES_IN_A_ROW:
            return first
        letters = (one for one in self._at_open_gates() if one.gate is not None)
        return self._find_first_ready(letters, start) or first

    def _find_first_ready(self, waiting: Iterator[_WaitingRequest], start: float) -> _WaitingRequest | None:
        return next((one for one in waiting if self.budget.earliest_in_chat(one.request) <= start), None)

    def _at_open_gates(self) -> Iterator[_WaitingRequest]:
        return (one for one in self._waiting if one.is_at_open_gate)

    def _send_letters_away(self, chat: Address) -> None:
        """Grant no start to the letters that would wait too long for this chat; the outbox takes others instead."""
        theirs = [one for one in self._waiting if one.gate is not None and one.request.to == chat]
        for waiting in theirs:
            if self._waits_too_long(waiting):
                self._waiting.remove(waiting)
                if not waiting.granted.done():
                    waiting.granted.set_result(None)

    def _waits_too_long(self, waiting: _WaitingRequest) -> bool:
        return self.budget.earliest_in_chat(waiting.request) > self.monotonic() + LONGEST_LETTER_WAIT

    def _set_timer(self, now: float) -> None:
        at = min(self._find_next_grant(), self._find_next_begin())
        if self._timer is not None:
            if self._timer_at <= at:  # it looks again then
                return
            self._timer.cancel()
            self._timer = None
        if at < math.inf:
            self._timer_at = at
            self._timer = asyncio.get_running_loop().create_task(self._move_on_after(at - now))

    def _find_next_begin(self) -> float:
        return min((self.budget.earliest_begin(ready.start) for ready in self._ready), default=math.inf)

    def _find_next_grant(self) -> float:
        """Return when the next start can be granted: ahead of what counts for all, but not before its chat is ready."""
        of_all = self.budget.earliest_of_all()
        first = math.inf
        for waiting in self._at_open_gates():
            in_chat = self.budget.earliest_in_chat(waiting.request)
            if in_chat <= of_all:
                return of_all - AHEAD
            first = min(first, in_chat)
        return first

    async def _move_on_after(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._timer = None
        self.move_on()
