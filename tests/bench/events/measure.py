"""Measure how many events a second are recorded, by `tropa run` and by a bare server, and the CPU time of each.

Both are processes of their own. Rates depend on the machine and on what else runs there; their ratio does not.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from bot.db.engine.database import Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from tests.bench.events.corpus import JOURNEY, JOURNEY_KEY, list_events
from tests.bench.storm.measure import StormPlan, StormResult, Storms, open_storms, read_line, run_program
from tests.bench.storm.preparation import prepare_questions

TOKEN = "a-token-for-events"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
LIST = 200  # events of a list
WARMING = 10  # lists
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class EventRate:
    """Events that were accepted within some seconds, with the CPU time of the process: of its event loop, and all."""

    events: int
    seconds: float
    loop_cpu: float
    all_cpu: float

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    def __str__(self) -> str:
        loop, everything = (1e6 * cpu / self.events for cpu in (self.loop_cpu, self.all_cpu))
        return f"{self.rate:7.0f}/s   CPU of an event {everything:5.0f} µs, of which the event loop {loop:4.0f} µs"


class _CpuClock:
    """CPU time of a process so far."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def read(self) -> tuple[float, float]:
        """Return the seconds of the first thread, which runs the event loop, and of all threads."""
        return self._read(Path(f"/proc/{self._pid}/task/{self._pid}/stat")), self._read(Path(f"/proc/{self._pid}/stat"))

    @staticmethod
    def _read(stat: Path) -> float:
        numbers = stat.read_text().rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / TICKS


async def _post(url: str, bodies: Iterable[tuple[int, bytes]], kind: str, at_once: int) -> int:
    """Post these bodies, so many at once, and return how many events were accepted."""
    waiting, accepted = iter(bodies), 0

    async def post_some(session: ClientSession) -> None:
        nonlocal accepted
        for events, body in waiting:
            async with session.post(f"{url}/v1/events", data=body, headers={**HEADERS, "Content-Type": kind}) as answer:
                said = await answer.text()
            assert said.count('"accepted"') == events, said[:500]
            accepted += events

    async with ClientSession(timeout=ClientTimeout(600)) as session:
        await asyncio.gather(*(post_some(session) for _ in range(at_once)))
    return accepted


def _make_lists(events: Iterable[dict[str, Any]], size: int) -> Iterator[tuple[int, bytes]]:
    source = iter(events)
    while part := list(islice(source, size)):
        yield len(part), json.dumps(part if size > 1 else part[0]).encode()


async def _measure(url: str, pid: int, bodies: Sequence[tuple[int, bytes]], at_once: int) -> EventRate:
    clock = _CpuClock(pid)
    (loop, everything), began = clock.read(), time.monotonic()
    accepted = await _post(url, bodies, "application/json", at_once)
    seconds, (loop_then, all_then) = time.monotonic() - began, clock.read()
    return EventRate(accepted, seconds, loop_then - loop, all_then - everything)


@dataclass(frozen=True, slots=True)
class EventPlan:
    """So many lists of 200, then so many single events; ``taps``: answers that come meanwhile, 20 a second."""

    lists: int
    singles: int = 0
    taps: int = 0


@dataclass(frozen=True, slots=True)
class EventResult:
    """Rates of lists, beside taps, and of single events."""

    lists: EventRate
    beside: EventRate | None = None
    taps: StormResult | None = None
    singles: EventRate | None = None


async def measure_tropa(plan: EventPlan, database_url: str, folder: Path) -> EventResult:
    """Measure `tropa run` on a migrated, empty database; the counters must be those of the rows in the end."""
    storm = StormPlan(people=plan.taps, seconds=plan.taps / 20)
    async with open_storms(storm) as storms, _running_tropa(storms, database_url, folder) as (url, pid):
        events = list_events((WARMING + plan.lists * (1 + bool(plan.taps))) * LIST + plan.singles)
        warming = list(_make_lists(islice(events, WARMING * LIST), LIST))
        await _post(url, warming, "application/json", 1)
        lists = list(_make_lists(islice(events, plan.lists * LIST), LIST))
        rate = await _measure(url, pid, lists, 2)
        beside = taps = singles = None
        if plan.taps:
            lists = list(_make_lists(islice(events, plan.lists * LIST), LIST))
            beside, taps = await asyncio.gather(_measure(url, pid, lists, 2), storms.run(storm))
        if plan.singles:
            singles = await _measure(url, pid, list(_make_lists(islice(events, plan.singles), 1)), 32)
    await _check_counters(database_url)
    return EventResult(rate, beside, taps, singles)


async def measure_floor(plan: EventPlan, database_url: str) -> EventRate:
    """Measure bare aiohttp with bare inserts of the rows that Tropa has stored for lists of the same length."""
    lists = list(_make_lists(list_events(plan.lists * LIST), LIST))
    async with run_program("-m", "tests.bench.events.floor", database_url, str(plan.lists)) as floor:
        url = (await read_line(floor, "http")).strip()
        return await _measure(url, floor.pid, lists, 2)


@asynccontextmanager
async def _running_tropa(storms: Storms, database_url: str, folder: Path) -> AsyncIterator[tuple[str, int]]:
    """Run Tropa; yield its address and its process."""
    await prepare_questions(database_url, storms.chats)
    (folder / "store.toml").write_text(JOURNEY, "utf-8")
    settings = {
        "TROPA_TELEGRAM__TOKEN": storms.token,
        "TROPA_TELEGRAM__API_URL": storms.url,
        "TROPA_DATABASE__URL": database_url,
        "TROPA_HTTP__PORT": "0",
        "TROPA_HTTP__TOKENS": json.dumps([TOKEN]),
        "TROPA_JOURNEYS__PATHS": json.dumps([str(folder / "store.toml")]),
    }
    async with run_program("-m", "bot", "run", cwd=folder, **settings) as tropa:
        line = await read_line(tropa, "Tropa runs: ")
        address = line[line.index("http://") :].split()[0].rstrip(".,;")
        drain = asyncio.create_task(_drain(tropa))
        yield address, tropa.pid
        drain.cancel()


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while await process.stdout.readline():
        pass


async def _check_counters(database_url: str) -> None:
    db = Database(database_url)
    try:
        journey = (await db.read(journeys.list_current))[JOURNEY_KEY]
        assert await db.read(lambda tx: counter_check.list_wrong_counters(tx, journey)) == []
    finally:
        await db.close()
