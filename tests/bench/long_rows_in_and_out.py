"""Many rows in and out: answers a second of CPU time, and memory that does not grow with them.

`TROPA_BENCH_ROWS` says how many answers are imported from one table and exported again; a quarter of them is done
first, to compare the memory. 10 million take about 40 minutes and 6 GB of disk.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import NamedTuple

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.tables.import_source import open_table
from bot.usecases.tables.import_table import ImportTable
from cjm import templates
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from tests.bench import check_ratio, note_figures

ROWS = int(os.environ.get("TROPA_BENCH_ROWS", "40000"))  # answers
QUESTIONS = (
    "first_look_csat", "choosing_csat", "advice_csat", "checkout_csat", "checkout_ease", "delivery_csat",
    "first_look_emotion", "choosing_emotion",
)  # fmt: skip
"""Questions that each row of the table answers; rows with fewer answers cost as much and count less."""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEAST_A_SECOND = 8_000
MAPPING = "\n".join(
    [
        'name = "long"',
        'row = "id"',
        'customer = "who"',
        'at = "at"',
        "[questions]",
        *(f'{q} = "{q}"' for q in QUESTIONS),
    ]
)


class Measured(NamedTuple):
    """Seconds of CPU time and the highest memory of a process, in bytes."""

    seconds: float
    memory: int


def write_table(path: Path, rows: int) -> None:
    """Write a table of so many rows over two years, four of each customer."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(["id", "who", "at", *QUESTIONS]) + "\n")
        for n in range(rows):
            at = NOW - timedelta(minutes=(n * 37) % (700 * 24 * 60))
            values = ",".join(str((n + k) % 2 + 1) for k in range(len(QUESTIONS)))
            file.write(f"{n},c{n % max(1, rows // 4)},{at:%Y-%m-%d %H:%M},{values}\n")


def measure_import(database: str, table: Path) -> Measured:
    """Import a table into an empty database with the journey of the shop."""

    async def run() -> float:
        source = templates.text("shop")
        db, clock = Database(database), FrozenClock(NOW)
        await ApplyJourney(db, clock).apply(source, "shop.toml")
        opened = open_table(table, read_journey(source, "shop.toml"), MAPPING, "mapping.toml")
        start = process_time()
        report = await ImportTable(db, clock, AskingRules())(opened)
        seconds = process_time() - start
        assert report.refused_rows == 0
        await db.close()
        return seconds

    return _measure(run)


def measure_export(database: str, out: Path) -> Measured:
    """Export all answers to a file."""

    async def run() -> float:
        db = Database(database)
        start = process_time()
        with out.open("wb") as file:
            async for piece in ExportRows(db, 5, FrozenClock(NOW))("shop", "answers", out.suffix[1:]):
                file.write(piece)
        seconds = process_time() - start
        await db.close()
        return seconds

    return _measure(run)


def _measure(run: Callable[[], object]) -> Measured:
    seconds = asyncio.run(run())  # type: ignore[arg-type,var-annotated]  # a coroutine of this module
    # Not getrusage: a process begins with the highest memory of the one that started it.
    highest = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert highest is not None
    return Measured(seconds, int(highest[1]) * 1024)


def _in_process(work: Callable[..., Measured], *args: object) -> Measured:
    """Run the work in a process of its own: the highest memory is that of a process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *args).result()


@pytest.mark.timeout(0)
def test_many_answers_go_in_and_out_in_the_same_memory(
    benchmark: BenchmarkFixture, sqlite_template: Path, tmp_path: Path
) -> None:
    def measure(answers: int) -> dict[str, Measured]:
        table, path = tmp_path / f"{answers}.csv", tmp_path / f"{answers}.db"
        write_table(table, answers // len(QUESTIONS))
        shutil.copy(sqlite_template, path)
        database = f"sqlite:///{path}"
        found = {"import": _in_process(measure_import, database, table)}
        for ending in ("csv", "xlsx", "ndjson"):
            found[ending] = _in_process(measure_export, database, tmp_path / f"out.{ending}")
        path.unlink()
        return found

    def measure_both() -> tuple[dict[str, Measured], dict[str, Measured]]:
        return measure(ROWS // 4), measure(ROWS)

    few, many = benchmark.pedantic(measure_both, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    for name, (seconds, memory) in many.items():
        before = few[name].memory / 1e6
        note_figures(
            benchmark, f"{name}: {ROWS / seconds:,.0f} answers a second; {before:,.0f} MB, then {memory / 1e6:,.0f} MB"
        )
    growth = max(many[name].memory / few[name].memory for name in many)
    assert ROWS / many["import"].seconds >= LEAST_A_SECOND
    check_ratio(benchmark, growth, below=1.5)
