"""A simulated week of a company under load, with maps: the memory of the process stays where it was.

`TROPA_BENCH_DAYS` makes it longer. The process that draws is apart; its memory is told, too.
"""

import asyncio
import os
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.stories.memory.simulated_days import HeldMemory, open_company, start_distant_stage

PEOPLE = 40
WARMING, DAYS = 9, int(os.environ.get("TROPA_BENCH_DAYS", "7"))
MEGABYTE = 1024 * 1024


def find_drawing_process(parent: int) -> int | None:
    """Return the child with the most memory: the one that draws."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("utf-8").split()
    return max(map(int, children), key=read_rss, default=None)


def read_rss(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.timeout(3600)
def test_a_week_under_load_leaves_memory_flat(sqlite_url: str, benchmark: BenchmarkFixture) -> None:
    def describe(day: int, held: HeldMemory, updates: int, drawing: int | None) -> str:
        drawn = f"{read_rss(drawing) / MEGABYTE:.0f} MB" if drawing else "not started"
        return (
            f"day {day:2}: {updates:6} updates, {held.rss / MEGABYTE:.1f} MB resident,"
            f" {held.blocks:,} blocks; drawing: {drawn}"
        )

    async def live() -> float:
        async with start_distant_stage(sqlite_url) as stage:
            company = await open_company(stage, PEOPLE)
            held = []
            for day in range(1, WARMING + DAYS + 1):
                await company.live_one_day(with_maps=True)
                held.append(await stage.distant.measure())
                drawing = find_drawing_process(stage.distant.process.pid)
                note_figures(benchmark, describe(day, held[-1], company.updates, drawing))
            return held[-1].rss / held[WARMING - 1].rss

    ratio: float = benchmark.pedantic(lambda: asyncio.run(live()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=1.1)
