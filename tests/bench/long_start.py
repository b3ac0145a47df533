"""CPU time of a start and memory of an idle Tropa, beside a process that only imports the libraries."""

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.stories.process import start_process_stage

pytestmark = pytest.mark.timeout(300)
ROUNDS = 3  # of both by turns; the quickest of each counts
START_GOAL, MEMORY_GOAL = 1.5, 1.3
MOST_MEGABYTES = 200  # of the main process; the one that draws is apart
REPORT = "print(open('/proc/self/smaps_rollup').read(), 'CPU:', time.process_time(), end='END')"
IMPORTS = f"import time, aiogram; {REPORT}; import aiohttp.web, sqlalchemy.ext.asyncio; {REPORT}"


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """CPU time and memory of a process until now."""

    seconds: float
    rss: float
    pss: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s of CPU, {self.rss:.0f} MB resident ({self.pss:.0f} MB its own share)"


def read_memory(rollup: str) -> tuple[float, float]:
    """Return RSS and PSS in MB, of the text of ``smaps_rollup``."""
    rows = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines() if line.endswith(" kB")}
    return int(rows["Rss"]) / 1024, int(rows["Pss"]) / 1024


def measure_imports() -> tuple[ProcessCost, ProcessCost]:
    """Return what a process costs that imports aiogram, and what it costs when it has imported all three libraries."""
    printed = subprocess.run([sys.executable, "-c", IMPORTS], check=True, capture_output=True, text=True).stdout
    first, second, _ = printed.split("END")
    return _read_report(first), _read_report(second)


def _read_report(text: str) -> ProcessCost:
    rollup, _, seconds = text.rpartition("CPU:")
    return ProcessCost(float(seconds), *read_memory(rollup))


def measure_process(pid: int) -> ProcessCost:
    """Return what a running process has cost, without its children."""
    ticks = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    seconds = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    return ProcessCost(seconds, *read_memory(Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")))


async def measure_tropa(database_url: str, folder: Path) -> ProcessCost:
    """Return what `tropa run` costs until it is ready, and what it holds then."""
    async with start_process_stage(database_url, folder, start=False) as stage:
        await stage.tropa.start(without_fork=True)
        cost = measure_process(stage.tropa.pid)
        assert await stage.tropa.terminate() == 0
        return cost


def test_start_and_memory_of_an_idle_tropa_are_little_more_than_those_of_its_libraries(
    benchmark: BenchmarkFixture, sqlite_url: str, tmp_path: Path
) -> None:
    def measure() -> list[tuple[ProcessCost, ProcessCost, ProcessCost]]:
        return [(*measure_imports(), asyncio.run(measure_tropa(sqlite_url, tmp_path))) for _ in range(ROUNDS)]

    rounds = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    aiogram, libraries, ours = (min((each[n] for each in rounds), key=lambda cost: cost.seconds) for n in range(3))
    note_figures(benchmark, f"aiogram alone             {aiogram}", f"with aiohttp, SQLAlchemy  {libraries}")
    note_figures(benchmark, f"Tropa, ready and idle     {ours}")
    note_figures(benchmark, f"resident memory of Tropa: {ours.rss / libraries.rss:.2f} of that of the three libraries")
    assert ours.rss < min(MOST_MEGABYTES, MEMORY_GOAL * libraries.rss)
    check_ratio(benchmark, ours.seconds / aiogram.seconds, below=START_GOAL)
