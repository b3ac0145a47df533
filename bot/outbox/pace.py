"""How fast messages may start, so that the messenger never has to say "too many requests".

:class:`Budget` is the arithmetic over moments of a monotonic clock; :class:`Pace` lets coroutines wait for their turn
in it. Starts lie a fixed step apart, because a burst within the limit when it leaves may not be within it when it
arrives. They are planned a little ahead, so a busy event loop costs no rate.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.db.delivery.letters import LetterPriority
from cjm.address import Address

PER_SECOND = 29  # of the 30 that the messenger allows a bot
PER_GROUP_MINUTE = 20
AHEAD = 0.15  # seconds by which a turn is given before its start
LATE = 0.03  # seconds by which a start may miss its moment: 29 planned in 1.03 s are never 31 in any second
REPLY_BURST = 4  # how many answers to quick taps one person may get at once before one a second holds


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A wish to start something. ``to`` is None for what only counts overall, such as an edit."""

    to: Address | None
    is_group: bool = False
    priority: int = LetterPriority.REPLY


class SendBudget:
    """What may start when. Only ``take`` and ``pause`` change anything."""

    def __init__(self, per_second: int = PER_SECOND, per_group_minute: int = PER_GROUP_MINUTE) -> None:
        self.paused_until = -math.inf
        self._per_second = per_second
        self._per_group_minute = per_group_minute
        self._deadline = -math.inf
        self._starts: deque[float] = deque(maxlen=per_second)
        self._people: dict[Address, float] = {}  # until when a person's allowance is used up
        self._groups: dict[Address, deque[float]] = {}

    def earliest(self, turn: SendRequest) -> float:
        """The first moment at which this may start, as far as is known by now."""
        return max(self.overall(), self.chat(turn))

    def overall(self) -> float:
        """The first moment at which anything may start; never before what has been given a start already."""
        if not self._starts:
            return self.paused_until
        crowded = len(self._starts) == self._per_second
        after_those = self._starts[0] + 1.0 if crowded else -math.inf
        return max(self.paused_until, self._deadline, self._starts[-1], after_those)

    def chat(self, turn: SendRequest) -> float:
        """The first moment at which this chat takes something."""
        if turn.to is None:
            return -math.inf
        if turn.is_group:
            starts = self._groups.get(turn.to)
            return starts[0] + 60.0 if starts and len(starts) == self._per_group_minute else -math.inf
        burst = REPLY_BURST if turn.priority == LetterPriority.REPLY else 1
        return self._people.get(turn.to, -math.inf) - (burst - 1)

    def take(self, turn: SendRequest, start: float) -> None:
        """Count a start at this moment, which is not before that of any counted earlier."""
        # Nothing is made up for: what bunches here bunches again every second, and may be too much where it arrives.
        self._deadline = start + 1.0 / self._per_second
        self._starts.append(start)
        if turn.to is not None and turn.is_group:
            self._groups.setdefault(turn.to, deque(maxlen=self._per_group_minute)).append(start)
        elif turn.to is not None:
            self._people[turn.to] = max(self._people.get(turn.to, start), start) + 1.0
        if len(self._people) > 1000:
            self._people = {who: until for who, until in self._people.items() if until > start}

    def pause(self, until: float) -> None:
        """Nobody starts before ``until``: the messenger asked for it."""
        self.paused_until = max(self.paused_until, until)

    def cooling(self, now: float) -> dict[Address, float]:
        """Chats that cannot take a letter now, and when they can."""
        people = {who: until for who, until in self._people.items() if until > now}
        full = (item for item in self._groups.items() if len(item[1]) == self._per_group_minute)
        return people | {where: starts[0] + 60.0 for where, starts in full if starts[0] + 60.0 > now}


class SendGate:
    """Room for so many at once. Who waits for a turn takes none of it; a turn comes only when there is some."""

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
        self._pace.look()


@dataclass(slots=True, eq=False)
class _Waiting:
    turn: SendRequest
    gate: SendGate | None
    granted: asyncio.Future[float] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """Turns for coroutines: of those whose turn may come now the most urgent goes, then the one that waits longest.

    A turn is given a little ahead of its start, so that there is time to note in the database that it begins.
    """

    def __init__(
        self,
        budget: SendBudget | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.budget = budget or SendBudget()
        self.monotonic = monotonic
        self._sleep = sleep
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.Task[None] | None = None

    async def slot(self, to: Address | None, is_group: bool = False, priority: int = LetterPriority.REPLY) -> None:
        """Return when this may start; it counts as started then."""
        while not await self.begin(await self.turn(to, is_group, priority)):
            pass

    async def turn(
        self,
        to: Address | None,
        is_group: bool = False,
        priority: int = LetterPriority.REPLY,
        gate: SendGate | None = None,
    ) -> float:
        """The moment at which to :meth:`begin`, told a little ahead; who has one is through the gate."""
        mine = _Waiting(SendRequest(to, is_group, priority), gate)
        self._waiting.append(mine)
        self.look()
        try:
            return await mine.granted
        except asyncio.CancelledError:
            if mine in self._waiting:
                self._waiting.remove(mine)
            elif gate is not None:
                gate.leave()
            raise

    async def begin(self, start: float) -> bool:
        """Wait for the moment of a turn; False when it has gone by, so that starting now might be too much at once."""
        if (wait := start - self.monotonic()) > 0:
            await self._sleep(wait)
        return self.monotonic() <= start + LATE

    def gate(self, room: int) -> SendGate:
        return SendGate(self, room)

    def pause(self, seconds: float) -> None:
        """Nobody starts anything for so long."""
        self.budget.pause(self.monotonic() + seconds)

    def paused(self) -> float:
        """For how many seconds more nobody may start anything."""
        return max(0.0, self.budget.paused_until - self.monotonic())

    def cooling(self) -> dict[Address, float]:
        """Chats that cannot take a letter now, and in how many seconds they can."""
        now = self.monotonic()
        return {who: until - now for who, until in self.budget.cooling(now).items()}

    def look(self) -> None:
        """Give turns to whoever may have one now, and come back when the next one may."""
        now = self.monotonic()
        while (start := max(now, self.budget.overall())) <= now + AHEAD and (ready := self._ready(start)):
            chosen = min(ready, key=lambda one: one.turn.priority)
            self._waiting.remove(chosen)
            if chosen.granted.done():  # given up in this very moment
                continue
            self.budget.take(chosen.turn, start)
            if chosen.gate is not None:
                chosen.gate.enter()
            chosen.granted.set_result(start)
        self._set_timer(now)

    def _ready(self, start: float) -> list[_Waiting]:
        return [one for one in self._at_open_gates() if self.budget.chat(one.turn) <= start]

    def _at_open_gates(self) -> list[_Waiting]:
        return [one for one in self._waiting if one.gate is None or one.gate.is_open]

    def _set_timer(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if waiting := self._at_open_gates():
            wait = min(self._look_again_at(one.turn) for one in waiting) - now
            self._timer = asyncio.get_running_loop().create_task(self._later(wait))

    def _look_again_at(self, turn: SendRequest) -> float:
        """When this turn can be given: ahead of what counts for all, but not before its chat is ready."""
        overall, chat = self.budget.overall(), self.budget.chat(turn)
        return chat if chat > overall else overall - AHEAD

    async def _later(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._timer = None
        self.look()


def is_group(to: Address) -> bool:
    """Groups have ids that begin with a minus."""
    return to.id.startswith("-")
