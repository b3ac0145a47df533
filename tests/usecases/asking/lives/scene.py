"""What all parts of a simulated life share: its time, its messenger, the process that runs, people and questions."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from tests.usecases.asking.lives.asked import AskedQuestion, LivingPerson
from tests.usecases.asking.lives.chat import SimulatedMessenger
from tests.usecases.asking.lives.plan import BEGIN
from tests.usecases.asking.lives.process import ShopProcess

Step = Callable[[], Awaitable[None]]


class LifeScene:
    """Scene of a life. Steps wait in a queue by their time; each may add later ones, up to ``end``.

    ``asked`` are the questions by their invitations, ``done`` counts what people did.
    """

    def __init__(self, db: Database, seed: int, end: datetime) -> None:
        self.db, self.seed, self.end = db, seed, end
        self.clock = FrozenClock(BEGIN)
        self.messenger = SimulatedMessenger(seed=seed, clock=self.clock)
        self.people: dict[str, LivingPerson] = {}
        self.asked: dict[int, AskedQuestion] = {}
        self.done: Counter[str] = Counter()
        self._epoch = 0
        self._steps: list[tuple[datetime, int, Step]] = []
        self._order = count()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def then(self, at: datetime, step: Step) -> None:
        if at < self.end:
            heappush(self._steps, (at, next(self._order), step))

    async def play(self) -> None:
        """Take the steps in order of their times."""
        while self._steps:
            at, _, step = heappop(self._steps)
            self.clock.set(at)
            await step()

    async def restart(self) -> None:
        """Kill the process, with all that it held in memory, and start another one."""
        self._epoch += 1
        self.process = ShopProcess(self.db, self.clock, self.messenger)
        await self.process.outbox.take_over(self._epoch)
