"""How fast messages may start, so that the messenger never has to say "too many requests".

:class:`Budget` is the arithmetic over moments of a monotonic clock; :class:`Pace` lets coroutines wait for their turn
in it. Starts lie at deadlines a fixed step apart, because bursts that are within the limit when they leave may not be
any more when they arrive; a late start is caught up with, but never beyond the limit of any sliding second.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.db.letters import Priority
from cjm.address import Address

PER_SECOND = 29  # of the 30 that the messenger allows a bot
PER_GROUP_MINUTE = 20
REPLY_BURST = 4  # how many answers to quick taps one person may get at once before one a second holds


@dataclass(frozen=True, slots=True)
class Turn:
    """A wish to start something. ``to`` is None for what only counts overall, such as an edit."""

    to: Address | None
    is_group: bool = False
    priority: int = Priority.REPLY


class Budget:
    """What may start when. ``earliest`` never changes anything; ``take`` counts a start that happens now."""

    def __init__(self, per_second: int = PER_SECOND, per_group_minute: int = PER_GROUP_MINUTE) -> None:
        self.paused_until = -math.inf
        self._per_second = per_second
        self._per_group_minute = per_group_minute
        self._deadline = -math.inf
        self._starts: deque[float] = deque(maxlen=per_second)
        self._people: dict[Address, float] = {}  # until when a person's allowance is used up
        self._groups: dict[Address, deque[float]] = {}

    def earliest(self, turn: Turn) -> float:
        """The first moment at which this may start, as far as is known by now."""
        return max(self.paused_until, self._overall(), self._chat(turn))

    def _overall(self) -> float:
        crowded = len(self._starts) == self._per_second
        return max(self._deadline, self._starts[0] + 1.0 if crowded else -math.inf)

    def _chat(self, turn: Turn) -> float:
        if turn.to is None:
            return -math.inf
        if turn.is_group:
            starts = self._groups.get(turn.to)
            return starts[0] + 60.0 if starts and len(starts) == self._per_group_minute else -math.inf
        burst = REPLY_BURST if turn.priority == Priority.REPLY else 1
        return self._people.get(turn.to, -math.inf) - (burst - 1)

    def take(self, turn: Turn, now: float) -> None:
        step = 1.0 / self._per_second
        # Lateness of up to a tenth of a second is made up for; after a longer pause the rhythm begins anew.
        self._deadline = max(self._deadline, now - 0.1) + step
        self._starts.append(now)
        if turn.to is not None and turn.is_group:
            self._groups.setdefault(turn.to, deque(maxlen=self._per_group_minute)).append(now)
        elif turn.to is not None:
            self._people[turn.to] = max(self._people.get(turn.to, now), now) + 1.0
        if len(self._people) > 1000:
            self._people = {who: until for who, until in self._people.items() if until > now}

    def pause(self, until: float) -> None:
        """Nobody starts before ``until``: the messenger asked for it."""
        self.paused_until = max(self.paused_until, until)

    def cooling(self, now: float) -> dict[Address, float]:
        """Chats that cannot take a letter now, and when they can."""
        people = {who: until for who, until in self._people.items() if until > now}
        full = (item for item in self._groups.items() if len(item[1]) == self._per_group_minute)
        return people | {where: starts[0] + 60.0 for where, starts in full if starts[0] + 60.0 > now}


@dataclass(slots=True, eq=False)
class _Waiting:
    turn: Turn
    granted: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """Turns for coroutines: of those whose turn may come now the most urgent goes, then the one that waits longest."""

    def __init__(
        self,
        budget: Budget | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.budget = budget or Budget()
        self.monotonic = monotonic
        self._sleep = sleep
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.Task[None] | None = None

    async def slot(self, to: Address | None, is_group: bool = False, priority: int = Priority.REPLY) -> None:
        """Return when this may start; it counts as started then."""
        mine = _Waiting(Turn(to, is_group, priority))
        self._waiting.append(mine)
        self._grant()
        try:
            await mine.granted
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

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

    def _grant(self) -> None:
        """Let go whoever may go now, and come back when the next one may."""
        now = self.monotonic()
        while ready := [one for one in self._waiting if self.budget.earliest(one.turn) <= now]:
            chosen = min(ready, key=lambda one: one.turn.priority)
            self._waiting.remove(chosen)
            self.budget.take(chosen.turn, now)
            if not chosen.granted.done():
                chosen.granted.set_result(None)
        self._set_timer(now)

    def _set_timer(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            wait = min(self.budget.earliest(one.turn) for one in self._waiting) - now
            self._timer = asyncio.get_running_loop().create_task(self._later(wait))

    async def _later(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._timer = None
        self._grant()


def is_group(to: Address) -> bool:
    """Groups have ids that begin with a minus."""
    return to.id.startswith("-")
