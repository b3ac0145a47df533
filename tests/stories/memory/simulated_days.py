"""Days of a small company, one after the other, and what the process of Tropa holds after each.

Every day customers are asked, answer, write and complain, the team takes a case, and time passes. ``with_maps``: a
manager asks for maps, too.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from bot.clock import FrozenClock
from bot.config.settings import Settings
from bot.sandbox.people import Group, Person
from bot.sandbox.server import Sandbox
from tests.conftest import ROOT
from tests.loading.shared import find_python
from tests.stories.stage import MONDAY, TOKEN, Stage
from tests.usecases.asking.world import JOURNEY

NO_LIMITS = {"any_survey_days": 0, "same_touchpoint_days": 0, "nps_days": 0, "per_month": 0}


class HeldMemory(NamedTuple):
    """What a process holds: blocks of memory of Python's own allocator, and bytes in all."""

    blocks: int
    rss: int
    pss: int


class DistantTropa:
    """Tropa in the process of `child`: what a stage uses of a `Tropa`, and what its process holds."""

    url = ""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def begin(self, settings: Mapping[str, Any], now: str) -> None:
        self.url = await self._exchange({"settings": settings, "journey": JOURNEY, "now": now})

    async def _exchange(self, request: Mapping[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        line = await self.process.stdout.readline()
        assert line, "the process has ended"
        return json.loads(line)

    async def settle(self) -> None:
        await self._exchange({"do": "settle"})

    async def advance(self, by: timedelta) -> None:
        await self._exchange({"do": "advance", "seconds": by.total_seconds()})

    async def create_first_manager_token(self) -> str | None:
        token: str | None = await self._exchange({"do": "manager"})
        return token

    async def measure(self) -> HeldMemory:
        return HeldMemory(**await self._exchange({"do": "measure"}))


class DistantStage(Stage):
    """Stage whose Tropa is in another process; the two clocks go together."""

    def __init__(self, sandbox: Sandbox, settings: Settings, clock: FrozenClock, distant: DistantTropa) -> None:
        super().__init__(sandbox, settings, clock)
        self.distant = distant
        self.tropa = distant  # type: ignore[assignment]  # it has what a stage uses

    async def pass_time(self, duration: timedelta) -> None:
        self.clock.advance(duration)
        await self.distant.advance(duration)
        await self.settle()


@asynccontextmanager
async def start_distant_stage(database_url: str) -> AsyncIterator[DistantStage]:
    clock = FrozenClock(MONDAY)
    async with Sandbox(now=clock.now) as sandbox:
        process = await asyncio.create_subprocess_exec(
            *(*find_python(), "-m", "tests.stories.memory.child"),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        distant = DistantTropa(process)
        settings = {
            "telegram": {"token": sandbox.token, "api_url": sandbox.url},
            "database": {"url": database_url},
            "http": {"port": 0, "tokens": [TOKEN]},
            "teams": [{"key": "shop", "timezone": "Europe/Warsaw"}],
            "asking": NO_LIMITS,
        }
        try:
            await distant.begin(settings, clock.now().isoformat())
            yield DistantStage(sandbox, Settings.model_validate(settings), clock, distant)
        finally:
            process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
            await process.communicate()


class SimulatedCompany:
    """Company whose days are lived one after the other."""

    def __init__(self, stage: DistantStage, boss: Person, group: Group, people: Sequence[Person]) -> None:
        self._stage, self._boss, self._group, self._people = stage, boss, group, people
        self.updates = 0

    async def live_one_day(self, *, with_maps: bool = False) -> None:
        """Ask everybody, let them answer, let one of them complain, and let a day pass."""
        stage = self._stage
        for number in range(len(self._people)):
            await stage.send_event(str(number), "delivery")
        await stage.settle()
        for button in ("🙁", "2", "It came late"):
            for person in self._people:
                await person.click(button)
                self.updates += 1
            await stage.settle()
        for number, person in enumerate(self._people):
            await person.send(f"It was late again, and nobody called ({stage.clock.now():%d %B}, {number})")
            self.updates += 1
        await stage.settle()
        for person in self._people:
            await person.click("3")
            self.updates += 1
        await stage.settle()
        await self._complain(self._people[0])
        if with_maps:
            await self._look_at_maps()
        await stage.pass_time(timedelta(days=1))

    async def _complain(self, person: Person) -> None:
        await person.click("Yes, please")
        await self._stage.settle()
        card = next(m for m in reversed(self._group.messages) if "nobody called" in m.words and m.buttons)
        await self._group.click(self._boss, "take it", card)
        await self._stage.settle()
        self.updates += 2

    async def _look_at_maps(self) -> None:
        for command in ("/map", "/stages", "/voices"):
            await self._boss.send(command)
            await self._stage.settle()
            self.updates += 1


async def open_company(stage: DistantStage, people: int) -> SimulatedCompany:
    boss, group = await stage.set_up_company()
    return SimulatedCompany(stage, boss, group, await stage.add_consenting_customers([str(n) for n in range(people)]))
