"""A map costs the same however long the history is: it is summed from the counters of its period."""

import asyncio
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bot.clock import FrozenClock
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.figures.gaps import GAP_CLASSES, GapKey, GapSums
from cjm.figures.people import CountBasis
from cjm.figures.tally import CUSTOMERS, CounterKey, CounterSums
from cjm.scales import Scale
from tests.bench import check_ratio
from tests.journeys import SMALL

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAIRS = (("search", "find"), ("pay", "buy"), ("open", "use"))


def fill(tx: Connection, days: int) -> None:
    """Count forty people a day at each of three touchpoints, for so many days; a tenth of them were there before."""
    cohort = next(iter(cohorts.ensure_cohorts(tx, "small", [{"class": "gold"}]).values()))
    people = CounterSums(40, 16.0, 16.0, 120.0, 16.0)

    def key(day: date, subject: str, measure: str, bucket: str = "") -> CounterKey:
        return CounterKey("small", day, subject, measure, bucket, cohort, "site")

    for ago in range(days):
        day = date(2026, 11, 20) - timedelta(days=ago)
        counters, gaps = [(key(day, "", CUSTOMERS), CounterSums(120))], []
        for point, stage in PAIRS:
            counters += [(key(day, point, "csat", str(value)), CounterSums(8)) for value in range(1, 6)]
            counters += [(key(day, place, "csat.people"), people) for place in (point, stage)]
            counters.append((key(day, stage, CUSTOMERS), CounterSums(40)))
            gaps += [
                (GapKey("small", day, place, "csat", gap), GapSums(int(gap < 5), 2, 2.0, 1.0))
                for place in (point, stage)
                for gap in range(1, len(GAP_CLASSES), 3)
            ]
        tallies.add_moves(tx, counters, gaps)


@pytest.mark.benchmark(group="map")
def test_a_map_after_two_years_costs_what_it_costs_after_two_months(
    sqlite_template: Path, tmp_path: Path, benchmark: BenchmarkFixture
) -> None:
    async def fill_database(days: int) -> MakeMap:
        path = shutil.copy(sqlite_template, tmp_path / f"{days}.db")
        databases.append(db := Database(f"sqlite:///{path}"))
        await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")
        await db.write(lambda tx: fill(tx, days))
        return MakeMap(db, FrozenClock(NOW), 5)

    async def measure_seconds(make_map: MakeMap) -> float:
        start = process_time()  # of all threads: a busy machine lets the wall's time grow threefold
        made = await make_map(MapRequest("small"))
        taken = process_time() - start
        assert made.stages[0].touchpoints[0].scores[Scale.CSAT].n_is is CountBasis.ABOUT
        return taken

    async def measure_ratio() -> float:
        """Return the CPU time of the quickest of fifteen maps each, made by turns: a machine changes its pace."""
        after_months, after_years = await fill_database(60), await fill_database(730)
        pairs = [(await measure_seconds(after_years), await measure_seconds(after_months)) for _ in range(15)]
        for db in databases:
            await db.close()
        return min(long for long, _ in pairs) / min(short for _, short in pairs)

    databases: list[Database] = []
    ratio = benchmark.pedantic(lambda: asyncio.run(measure_ratio()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=2)
