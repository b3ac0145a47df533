"""CPU time of a week that passes in the demo, against bare SQLite transactions in the same run.

A jump that stops more often, or edits or asks more than it should, takes more of them. They are no work of Tropa's own,
so that a tick which becomes cheaper does not make a week look dearer.
"""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time, thread_time

from pytest_benchmark.fixture import BenchmarkFixture

from bot.demo.startup import Demo, DemoOptions, start_demo
from tests.bench import check_ratio, note_figures

TRANSACTIONS = 10_000  # half of them before the week and half after it, as a machine changes its pace
LIMIT = 17.0  # times the transactions; it takes 8, up to 11.4 where ticks run beside it because the machine is busy


def test_week_in_the_demo_takes_170_000_bare_transactions_at_most(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    async def measure() -> float:
        """Return the CPU time of a week with a digest as a multiple of that of the bare transactions."""
        async with start_demo(DemoOptions(open_browser=False, weeks=1), tmp_path, lambda _share: None) as demo:
            await demo.tropa.settle()  # what the beginning has left to do
            await note_jump(demo, "an hour", timedelta(hours=1))
            await note_jump(demo, "a day", timedelta(days=1))
            before = measure_bare_transactions(tmp_path / "before.db")
            week = await note_jump(demo, "a week", timedelta(weeks=1))
            bare = before + measure_bare_transactions(tmp_path / "after.db")
            note_figures(benchmark, f"{TRANSACTIONS} bare transactions took {bare:.2f} s CPU")
            return week / bare

    async def note_jump(demo: Demo, name: str, span: timedelta) -> float:
        """Let time pass, and return the seconds of CPU time that it took."""
        start, began = process_time(), perf_counter()
        await demo.backstage.travel(span)
        taken = process_time() - start
        note_figures(benchmark, f"{name} took {perf_counter() - began:.1f} s, {taken:.1f} s of them CPU")
        return taken

    ratio: float = benchmark.pedantic(lambda: asyncio.run(measure()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=LIMIT)


def measure_bare_transactions(path: Path) -> float:
    """Return the seconds of CPU time of half the transactions: each writes a row with an index and is committed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("PRAGMA journal_mode = wal")
        plain.execute("PRAGMA synchronous = normal")
        plain.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, person, subject, at)")
        plain.execute("CREATE INDEX by_person ON plain (person, at)")
        start = thread_time()
        for number in range(TRANSACTIONS // 2):
            values = (number % 97, "delivery", f"2026-11-22 12:00:00.{number:06}")
            plain.execute("INSERT INTO plain (person, subject, at) VALUES (?, ?, ?)", values)
        return thread_time() - start
