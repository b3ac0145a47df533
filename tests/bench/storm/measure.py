"""Measure how fast taps are acknowledged, by `tropa run` and by a bare bot, each against a sandbox of its own.

Sandbox and bot are processes of their own. A few taps come before the storms: what a process does once in its life,
such as compiling statements, is no part of a rate.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.storm.preparation import Chat, check_stored, prepare_questions
from tests.conftest import ROOT
from tests.loading.shared import find_python

WARMING = 100  # people whose taps come before


@dataclass(frozen=True, slots=True)
class StormPlan:
    """So many people tap, within so many seconds; ``rounds`` storms come one after the other.

    With ``managers``, so many of them ask for maps all the time in the last round.
    """

    people: int
    seconds: float = 0.0
    rounds: int = 1
    managers: int = 0

    @property
    def all_people(self) -> int:
        return WARMING + self.people * self.rounds


@dataclass(frozen=True, slots=True)
class StormResult:
    """How long the taps of storms waited for their acknowledgements, sorted, and the seconds that the storms took.

    ``maps`` were shown to managers meanwhile.
    """

    waits: Sequence[float]
    seconds: float
    maps: int = 0

    @property
    def rate(self) -> float:
        """Acknowledgements a second, from the first tap to the last acknowledgement."""
        return len(self.waits) / self.seconds

    def wait_of(self, share: float) -> float:
        """Return the time in which this share of the taps was acknowledged."""
        return self.waits[min(len(self.waits) - 1, int(len(self.waits) * share))]

    def __str__(self) -> str:
        median, late = self.wait_of(0.5), self.wait_of(0.99)
        return f"{self.rate:6.0f}/s   median {median:6.3f} s   p99 {late:6.3f} s   last {self.waits[-1]:6.3f} s"


@asynccontextmanager
async def run_program(*words: str, cwd: Path = ROOT, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python program; end it when the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(*find_python(), *words),
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,  # bytes of a line: a storm's waits are one
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def read_line(process: asyncio.subprocess.Process, part: str = "") -> str:
    """Return the next line that contains ``part``."""
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if part in line:
            return line
    raise AssertionError("a process of the storm has ended")


class Storms:
    """Sandbox with people who have a question each; `run` lets them tap at the bot that polls it."""

    def __init__(self, process: asyncio.subprocess.Process, setting: dict[str, Any]) -> None:
        self._process = process
        self.url, self.token = setting["url"], setting["token"]
        self.managers: list[int] = setting["managers"]
        self.chats: list[Chat] = [(chat, message) for chat, message in setting["chats"]]

    async def run(self, plan: StormPlan) -> StormResult:
        """Return all rounds of the plan as one result: single ones differ by the order in which calls meet."""
        await self._run_one(0, WARMING, 0.0)
        firsts = range(WARMING, plan.all_people, plan.people)
        results = [await self._run_one(first, plan.people, plan.seconds) for first in firsts]
        waits = sorted(wait for result in results for wait in result.waits)
        return StormResult(waits, sum(result.seconds for result in results))

    async def run_beside_maps(self, plan: StormPlan) -> tuple[StormResult, StormResult]:
        """Return a round without managers, and the same beside managers who ask for maps."""
        await self._run_one(0, WARMING, 0.0, maps=True)
        quiet = await self._run_one(WARMING, plan.people, plan.seconds)
        return quiet, await self._run_one(WARMING + plan.people, plan.people, plan.seconds, maps=True)

    async def _run_one(self, first: int, people: int, seconds: float, *, maps: bool = False) -> StormResult:
        assert self._process.stdin is not None
        order = {"first": first, "people": people, "seconds": seconds, "maps": maps}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return StormResult(**json.loads(await read_line(self._process)))


@asynccontextmanager
async def open_storms(plan: StormPlan) -> AsyncIterator[Storms]:
    counts = (str(plan.all_people), str(plan.managers))
    async with run_program("-m", "tests.bench.storm.sandbox", *counts) as process:
        yield Storms(process, json.loads(await read_line(process)))


async def measure_bare_bot(plan: StormPlan) -> StormResult:
    """Measure a bot that acknowledges and edits, and does nothing else."""
    async with (
        open_storms(plan) as storms,
        run_program("-m", "tests.bench.storm.bare_bot", storms.url, storms.token) as bot,
    ):
        await read_line(bot, "ready")
        return await storms.run(plan)


async def measure_tropa(plan: StormPlan, database_url: str, folder: Path) -> StormResult:
    """Measure `tropa run` on a migrated, empty database; all answers must be stored once and counted."""
    async with open_storms(plan) as storms, _running_tropa(storms, database_url, folder):
        result = await storms.run(plan)
    await check_stored(database_url, plan.all_people)
    return result


async def measure_beside_maps(plan: StormPlan, database_url: str, folder: Path) -> tuple[StormResult, StormResult]:
    """Measure `tropa run` without managers, and then beside managers who ask for maps; all answers must be stored."""
    async with open_storms(plan) as storms, _running_tropa(storms, database_url, folder):
        results = await storms.run_beside_maps(plan)
    await check_stored(database_url, plan.all_people)
    return results


@asynccontextmanager
async def _running_tropa(storms: Storms, database_url: str, folder: Path) -> AsyncIterator[None]:
    """Run Tropa for the people of the storms."""
    await prepare_questions(database_url, storms.chats)
    settings = {
        "TROPA_TELEGRAM__TOKEN": storms.token,
        "TROPA_TELEGRAM__API_URL": storms.url,
        "TROPA_DATABASE__URL": database_url,
        "TROPA_HTTP__PORT": "0",
        "TROPA_ACCESS__MANAGERS": json.dumps([f"telegram:{chat}" for chat in storms.managers]),
    }
    async with run_program("-m", "bot", "run", cwd=folder, **settings) as tropa:
        await read_line(tropa, "Tropa runs: ")
        yield
