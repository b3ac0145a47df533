"""Reading the figures of a map from a large past, beside DuckDB over the raw rows and a loop over objects.

DuckDB computes the same figures (`tests.bench.duck_figures`), and that they are the same is checked before the times
are taken. A second line compares how often each value was given at each touchpoint, and by how many people, alone.
DuckDB reads its own tables, with two threads. Times are those of the processor, and DuckDB's are divided by its
threads, as if both always had work: so a busy machine says the same as a quiet one.

A larger past: TROPA_BENCH_ANSWERS=10000000. To store 300,000 answers took 35 s of the processor and 0.2 GB, 3 million
172 s and 1.5 GB: TROPA_BENCH_STORE names a folder that keeps what was stored for the next run.
"""

import asyncio
import gc
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import process_time, thread_time
from typing import Any, NamedTuple

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import select
from sqlalchemy.orm import Session, registry

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.db.figures.map_sums import MapScope, find_cohorts, read_counters
from bot.db.figures.people_sums import read_people
from bot.usecases.maps.make_map import MapRequest, find_map_choice, make_map
from cjm.figures.journey_map import JourneyMap
from cjm.figures.period_figures import PeopleTable
from cjm.figures.tally import PEOPLE
from cjm.scales import Scale
from tests.bench import check_ratio, note_figures
from tests.bench.duck_figures import (
    DuckWindow,
    check_same_figures,
    count_values_and_people,
    read_duck_figures,
)
from tests.bench.large_past import LAST_DAY, PastPlan
from tests.bench.stored_past import LargeDatabase, find_folder, find_past, open_raw_rows

duckdb = pytest.importorskip("duckdb", reason="DuckDB is in the dependency group 'bench'")

NOW = datetime.combine(LAST_DAY, time(20), UTC)
ANSWERS = int(os.environ.get("TROPA_BENCH_ANSWERS", "300000"))
PLAN = PastPlan(ANSWERS, max(100, ANSWERS // 100), visits=ANSWERS * 3 // 10)
ROUNDS = 7
THREADS = 2
ORM_SAMPLE = 20_000
GOALS = {None: 5, "gold": 2}
WINDOWS = (28, 365)


@pytest.fixture(scope="module", autouse=True)
def frozen_modules() -> Iterator[None]:
    """Keep garbage collections from what is loaded, as the process does that reads figures."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> LargeDatabase:
    return find_past(find_folder(tmp_path_factory.mktemp("large")), PLAN)


def make_request(days: int, segment: str | None) -> MapRequest:
    return MapRequest("large", days=days, segment=segment)


def read_map(tx: Connection, request: MapRequest) -> JourneyMap:
    """Read the figures of a map."""
    made = make_map(tx, request, 5, NOW)
    assert made.totals.answers
    return made


def read_values_and_people(tx: Connection, request: MapRequest) -> list[PeopleTable]:
    """Read the values of answers and their people alone, in the window and in the one before it."""
    choice = find_map_choice(tx, request, NOW)
    cohorts = find_cohorts(tx, choice.journey, choice.segment)
    found = []
    for period in (choice.period, choice.before):
        scope = MapScope(choice.journey, period.first, period.last, cohorts)
        found.append(read_people(tx, read_counters(tx, scope, (Scale.CSAT, Scale.CSAT + PEOPLE))))
    return found


async def time_read(db: Database, read: Callable[[Connection], object]) -> float:
    """Read once, and return the seconds of the processor that it took."""

    def run(tx: Connection) -> float:
        start = thread_time()
        read(tx)
        return thread_time() - start

    return await db.read(run)


async def read_figures(db: Database, request: MapRequest) -> float:
    """Read the figures of a map once, and return the seconds that it took."""
    return await time_read(db, lambda tx: read_map(tx, request))


class Comparison(NamedTuple):
    """Least seconds of the processor in several rounds, side by side."""

    ours: float
    other: float

    @property
    def ratio(self) -> float:
        return self.other / self.ours


def compare(large: LargeDatabase, read: Callable[[Connection], object], other: Callable[[], object]) -> Comparison:
    """Read figures and run the other way, by turns: a machine changes its pace."""

    async def measure() -> Comparison:
        db = Database(f"sqlite:///{large.path}")
        ours, others = [], []
        for _ in range(ROUNDS):
            ours.append(await time_read(db, read))
            start = process_time()
            other()
            others.append((process_time() - start) / THREADS)
        await db.close()
        return Comparison(min(ours), min(others))

    return asyncio.run(measure())


@pytest.fixture(scope="module")
def duck(large: LargeDatabase) -> Iterator[Any]:
    """DuckDB with the raw rows in a file of its own, in the order in which they came."""
    with open_raw_rows(duckdb, large, THREADS) as connection:
        yield connection


def find_window(days: int, segment: str | None) -> DuckWindow:
    return DuckWindow(LAST_DAY - timedelta(days=days - 1), LAST_DAY, NOW.replace(tzinfo=None), segment)


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("segment", GOALS)
@pytest.mark.parametrize("days", WINDOWS)
def test_figures_are_read_quicker_than_by_duckdb(
    benchmark: BenchmarkFixture, large: LargeDatabase, duck: Any, days: int, segment: str | None
) -> None:
    request, window = make_request(days, segment), find_window(days, segment)

    def measure() -> tuple[Comparison, Comparison]:
        check_same_figures(read_duck_figures(duck, window), asyncio.run(read_once(large, request)))
        return (
            compare(large, partial(read_map, request=request), partial(read_duck_figures, duck, window)),
            compare(
                large, partial(read_values_and_people, request=request), partial(count_values_and_people, duck, window)
            ),
        )

    found, alone = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    who = segment or "everyone"
    for what, each in (("the same figures", found), ("values and people alone", alone)):
        times = f"Tropa {1000 * each.ours:.1f} ms, DuckDB {1000 * each.other:.1f} ms: {each.ratio:.2f}"
        note_figures(benchmark, f"{days} days, {who}, {ANSWERS:,} answers, {what}: {times}")
    check_ratio(benchmark, found.ratio, at_least=GOALS[segment])


async def read_once(large: LargeDatabase, request: MapRequest) -> JourneyMap:
    """Read the figures of a map in a database that is opened for it."""
    db = Database(f"sqlite:///{large.path}")
    made = await db.read(lambda tx: read_map(tx, request))
    await db.close()
    return made


@pytest.mark.timeout(7200)
def test_figures_of_a_window_cost_the_same_after_ten_years(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """As many answers a day, for ten years and for one."""

    def measure() -> Comparison:
        per_year = PLAN.answers // 10
        one_year = replace(PLAN, answers=per_year, people=max(100, per_year // 50), days=366, visits=PLAN.visits // 10)
        ten_years = replace(one_year, answers=10 * per_year, days=3660, visits=PLAN.visits)
        short, long = (find_past(find_folder(tmp_path), plan) for plan in (one_year, ten_years))

        async def measure_both() -> Comparison:
            databases = [Database(f"sqlite:///{each.path}") for each in (long, short)]
            seconds: list[list[float]] = [[], []]
            for _ in range(ROUNDS):
                for db, found in zip(databases, seconds, strict=True):
                    found.append(await read_figures(db, make_request(28, None)))
            for db in databases:
                await db.close()
            return Comparison(min(seconds[1]), min(seconds[0]))

        return asyncio.run(measure_both())

    found = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # as above
    note_figures(
        benchmark, f"28 days after ten years {1000 * found.other:.1f} ms, after one {1000 * found.ours:.1f} ms"
    )
    check_ratio(benchmark, found.ratio, below=1.3)


class AnswerObject:
    """Answer as an object of SQLAlchemy's ORM, as one would map it."""

    subject: str
    kind: str
    value: int
    customer_id: int


@contextmanager
def mapped_answers() -> Iterator[None]:
    mapper = registry()
    mapper.map_imperatively(AnswerObject, answer_table)
    try:
        yield
    finally:
        mapper.dispose()


def count_by_objects(tx: Connection, limit: int) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Count values and people in a loop over the objects of so many answers; `mapped_answers` has mapped them."""
    values: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    people: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    with Session(tx) as session:
        wanted = select(AnswerObject).where(answer_table.c.kind == "csat").limit(limit)
        for answer in session.scalars(wanted):
            values[answer.subject, answer.kind, answer.value] += 1
            people[answer.subject, answer.kind].add(answer.customer_id)
    return {key: (len(found), sum(n for each, n in values.items() if each[:2] == key)) for key, found in people.items()}


async def loop_over_objects(db: Database, limit: int) -> float:
    """Return the seconds of a loop over the objects of so many answers, in a database that is open."""

    def loop(tx: Connection) -> float:
        start = thread_time()
        assert count_by_objects(tx, limit)
        return thread_time() - start

    with mapped_answers():
        return await db.read(loop)


@pytest.mark.timeout(7200)
def test_figures_are_read_a_thousand_times_quicker_than_by_a_loop_over_objects(
    benchmark: BenchmarkFixture, large: LargeDatabase
) -> None:
    """The loop is measured with a sample; with all answers it would take as much longer as there are more of them."""
    sample = min(ORM_SAMPLE, ANSWERS)

    def measure() -> Comparison:
        async def measure_both() -> Comparison:
            db = Database(f"sqlite:///{large.path}")
            request = make_request(365, None)
            ours = min([await read_figures(db, request) for _ in range(ROUNDS)])
            looped = min([await loop_over_objects(db, sample) for _ in range(ROUNDS)])
            await db.close()
            return Comparison(ours, looped)

        return asyncio.run(measure_both())

    found = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # as above
    # The goal is one of ten million answers, whose loop takes as much longer; of fewer it is in proportion.
    goal = 1000 * min(1.0, ANSWERS / 10_000_000)
    note_figures(
        benchmark,
        f"a year: figures {1000 * found.ours:.1f} ms; a loop over {sample:,} objects {1000 * found.other:.1f} ms, "
        f"{found.other * ANSWERS / sample:.1f} s if it is extrapolated to {ANSWERS:,}; goal {goal:.0f} times",
    )
    check_ratio(benchmark, found.ratio * ANSWERS / sample, at_least=goal)
