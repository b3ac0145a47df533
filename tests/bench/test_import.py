"""CPU time of an import with its counters against the bare insertion of the same rows, in the same run."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from time import process_time

from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import delete, insert, select

from bot.clock import FrozenClock
from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.tables.import_source import open_table
from bot.usecases.tables.import_table import ImportTable
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from tests.bench import check_ratio

DATA = Path(__file__).parent.parent / "data"
ROUNDS, PASSENGERS, PASSENGERS_IN_SUITE = 3, 1500, 750


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    start = process_time()
    await work()
    return process_time() - start


def test_import_takes_less_than_five_times_the_bare_insertion(
    benchmark: BenchmarkFixture, airline_csv: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    source, mapping = ((DATA / f"airline-{name}.toml").read_text("utf-8") for name in ("journey", "mapping"))
    journey, table, numbers = read_journey(source, "journey"), tmp_path / "p.csv", count()
    passengers = PASSENGERS_IN_SUITE if benchmark.disabled else PASSENGERS
    with airline_csv.open(encoding="utf-8") as file:
        table.write_text("".join(islice(file, passengers + 1)), "utf-8")

    async def measure_both() -> tuple[float, float]:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        db, clock = Database(f"sqlite:///{path}"), FrozenClock(datetime(2026, 11, 22, tzinfo=UTC))
        await ApplyJourney(db, clock).apply(source, "journey")
        take, opened = ImportTable(db, clock, AskingRules()), open_table(table, journey, mapping, "mapping")
        imported = await _seconds(lambda: take(opened))
        rows = await db.read(lambda tx: [dict(row._mapping) for row in tx.execute(select(answer_table))])
        await db.write(lambda tx: tx.execute(delete(answer_table)) and None)
        bare = await _seconds(lambda: db.write(lambda tx: _insert_rows(tx, rows)))
        await db.close()
        return imported, bare

    pairs: list[tuple[float, float]] = benchmark.pedantic(  # type: ignore[no-untyped-call]  # pedantic has no types
        lambda: [asyncio.run(measure_both()) for _ in range(2 if benchmark.disabled else ROUNDS)], rounds=1
    )
    ratio = min(imported for imported, _ in pairs) / min(bare for _, bare in pairs)
    check_ratio(benchmark, ratio, below=5)  # about 2.6 on a quiet machine


def _insert_rows(tx: Connection, rows: list[dict[str, object]]) -> None:
    tx.execute(insert(answer_table), rows)
