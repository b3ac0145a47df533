"""Exports: CPU time against plain work of the same size, and memory that does not grow with the rows."""

import asyncio
import csv
import io
import shutil
import tracemalloc
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import insert, select

from bot.clock import FrozenClock
from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.usecases.tables.export_rows import ExportRows
from cjm import templates
from cjm.journeys.journey_file import read_journey
from tests.bench import check_ratio, note_figures

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MakeShop = Callable[[int], Awaitable[Database]]
FEW, MANY = 5_000, 20_000  # answers


@pytest.fixture
def make_shop(sqlite_template: Path, tmp_path: Path) -> MakeShop:
    """Return a function that makes a database with so many answers."""

    async def make(number: int) -> Database:
        path = tmp_path / f"{number}.db"
        shutil.copy(sqlite_template, path)
        db = Database(f"sqlite:///{path}")
        await db.write(lambda tx: _store_answers(tx, number))
        return db

    return make


def _store_answers(tx: Connection, number: int) -> None:
    journey = read_journey(templates.text("shop"), "shop.toml")
    journeys.apply(tx, journey, templates.text("shop"), now=NOW)
    people = [p.id for p in customers.ensure_external_ids(tx, [f"c{n}" for n in range(500)], NOW).values()]
    cohort = cohorts.ensure_unknown_cohort(tx, journey)
    common = {
        "journey": "shop", "version": 1, "kind": "csat", "subject": "delivery", "stage": "after_purchase",
        "question": "delivery_csat", "day": date(2026, 11, 2), "channel": "courier", "cohort_id": cohort,
        "source": "import", "at": NOW,
    }  # fmt: skip
    rows = [common | {"customer_id": people[n % 500], "value": n % 5 + 1} for n in range(number)]
    tx.execute(insert(answer_table), rows)


async def _export(db: Database, file_format: str) -> int:
    """Return the bytes of a file of which nothing is kept."""
    return sum([len(piece) async for piece in ExportRows(db, 5, FrozenClock(NOW))("shop", "answers", file_format)])


def _read_and_write_plainly(tx: Connection) -> int:
    text = io.StringIO()
    csv.writer(text).writerows(tuple(row) for row in tx.execute(select(answer_table)))
    return len(text.getvalue())


@pytest.mark.parametrize(("file_format", "below"), [("csv", 6), ("ndjson", 6), ("xlsx", 10)])
def test_export_takes_few_times_as_long_as_reading_and_writing_plainly(
    benchmark: BenchmarkFixture,
    make_shop: MakeShop,
    file_format: str,
    below: float,
) -> None:
    async def measure() -> tuple[float, float]:
        db = await make_shop(MANY)
        start = process_time()
        await db.read(_read_and_write_plainly)
        plain = process_time() - start
        start = process_time()
        await _export(db, file_format)
        ours = process_time() - start
        await db.close()
        return ours, plain

    ours, plain = benchmark.pedantic(lambda: asyncio.run(measure()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"{file_format}: {MANY / ours:,.0f} answers a second of CPU time")
    check_ratio(benchmark, ours / plain, below=below)


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_memory_of_an_export_does_not_grow_with_its_rows(
    benchmark: BenchmarkFixture,
    make_shop: MakeShop,
    file_format: str,
) -> None:
    async def measure(number: int) -> int:
        db = await make_shop(number)
        tracemalloc.start()
        await _export(db, file_format)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await db.close()
        return peak

    async def measure_both() -> tuple[int, int]:
        return await measure(FEW), await measure(MANY)

    few, many = benchmark.pedantic(lambda: asyncio.run(measure_both()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"{file_format}: {few / 1e6:.1f} MB for {FEW:,} answers, {many / 1e6:.1f} MB for {MANY:,}")
    check_ratio(benchmark, many / few, below=1.5)
