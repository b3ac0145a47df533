"""Fuzz one door: knock again and again, look at everything after each knock, and check what is stored at the end.

Invariants:
* Knock `n` of life `l` depends on the seed, `l` and `n`, and on the knocks before it in this life: a life can be
  repeated.
* A life begins with an empty database and ends with the checks of what it stored. So memory that grows from life to
  life is a leak.
"""

import asyncio
import contextlib
import itertools
import tempfile
import time
import traceback
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.watching import LONGEST_STRETCH, MOST_GROWTH, LoopWatch, read_memory, watch_logs

LONGEST_KNOCK = 120.0  # seconds; a knock that hangs is a finding, and everything else is far quicker
_ROOT = str(Path(__file__).parent.parent.parent)


class Door(ABC):
    """Way into Tropa. ``last`` is what was sent last, ``outcomes`` count what became of it.

    ``begin_to_watch`` is called when something is ready to be sent: what it took to make it up counts for nothing.
    """

    name: str
    knocks_per_life = 2_000
    secrets: tuple[str, ...] = ()
    expected_errors: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.last: Any = None
        self.outcomes: Counter[str] = Counter()
        self.begin_to_watch: Callable[[], None] = lambda: None

    @abstractmethod
    async def open(self, folder: Path) -> None:
        """Begin a life in an empty folder."""

    @abstractmethod
    async def knock(self, random: Random) -> None:
        """Send one thing, and assert that the answer is right."""

    @abstractmethod
    async def check(self) -> None:
        """Assert that what was stored is right."""

    @abstractmethod
    async def close(self) -> None:
        """End a life."""


@dataclass
class FuzzReport:
    """What a run has done and found."""

    knocks: int = 0
    lives: int = 0
    longest: float = 0.0
    growth: float = 0.0
    findings: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        most = ", ".join(f"{what} {times:,}" for what, times in self.outcomes.most_common(12))
        return (
            f"{self.knocks:,} knocks in {self.lives} lives; longest stretch {self.longest:.1f} of {LONGEST_STRETCH} "
            f"times the reference; memory +{self.growth:.0f} MB; {len(self.findings)} kinds of findings; {most}"
        )


class FuzzRun:
    """Run on one door; ``on_finding`` is called with each kind of finding once.

    ``most_stretch`` is how long the event loop may be held, as a multiple of the reference work.
    """

    def __init__(
        self, door: Door, seed: int, on_finding: Callable[[str], None], most_stretch: float = LONGEST_STRETCH
    ) -> None:
        self._most_stretch = most_stretch
        self.door, self.seed, self.report = door, seed, FuzzReport()
        self._on_finding = on_finding
        self._loop_watch = LoopWatch()
        door.begin_to_watch = self._loop_watch.begin

    async def run(self, seconds: float, first_life: int = 0) -> FuzzReport:
        """Knock for so many seconds, at least once."""
        end, before = time.monotonic() + seconds, 0.0
        beat = asyncio.create_task(self._loop_watch.beat())
        try:
            for life in itertools.count(first_life):
                await self._live(life, end)
                self.report.lives += 1
                before = before or read_memory()  # what one life loads and keeps is no leak
                self.report.growth = max(self.report.growth, read_memory() - before)
                if self.report.growth > MOST_GROWTH:
                    self._find(life, -1, f"the memory grew by {self.report.growth:.0f} MB")
                if time.monotonic() >= end:
                    break
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)
        self.report.outcomes = self.door.outcomes
        return self.report

    async def _live(self, life: int, end: float) -> None:
        with tempfile.TemporaryDirectory() as folder, watch_logs(self.door.secrets, self.door.expected_errors) as logs:
            await self.door.open(Path(folder))
            try:
                for number in range(self.door.knocks_per_life):
                    await self._try(life, number, self.door.knock(Random(f"{self.seed}:{life}:{number}")))
                    self._look(life, number, logs.take())
                    self.report.knocks += 1
                    if time.monotonic() >= end:
                        break
                await self._try(life, -1, self.door.check())
            finally:
                await self.door.close()
            self._look(life, -1, logs.take())

    async def _try(self, life: int, number: int, work: "asyncio.Future[None] | object") -> None:
        try:
            async with asyncio.timeout(LONGEST_KNOCK):
                await work  # type: ignore[misc]  # a coroutine of the door
        except Exception as error:
            self._find(life, number, _describe_failure(error))

    def _look(self, life: int, number: int, logged: list[str]) -> None:
        for line in logged:
            self._find(life, number, line)
        self._loop_watch.note()
        longest = self._loop_watch.take()
        self.report.longest = max(self.report.longest, longest)
        if longest > self._most_stretch:
            self._find(life, number, f"the event loop was held for {longest:.0f} times the reference")

    def _find(self, life: int, number: int, what: str) -> None:
        kind = "".join(c for c in what[-300:] if not c.isdigit())[-120:]
        self.report.findings[kind] += 1
        if self.report.findings[kind] == 1:
            sent = repr(self.door.last)
            self._on_finding(
                f"{self.door.name} --seed {self.seed} --life {life}, knock {number}:\n{what}\nsent: {sent[:20_000]}"
            )


def _describe_failure(error: Exception) -> str:
    frames = [
        f"{f.filename.removeprefix(_ROOT)}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
    ]
    with contextlib.suppress(Exception):
        return f"{' > '.join(frames[-6:])}\n{type(error).__name__}: {str(error)[:3000]}"
    return " > ".join(frames[-6:])
