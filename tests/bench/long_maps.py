"""Maps of a long history, and people by gap counters against people counted one by one.

A larger history: TROPA_BENCH_ANSWERS=3000000, which takes half an hour.
"""

import asyncio
import math
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.db.figures.map_sums import MapScope, read_counters
from bot.db.figures.people_sums import read_people
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.figures.people import CountBasis, PeopleSums, clustered_variance
from cjm.journeys.journey import Journey
from cjm.scales import Scale
from tests.bench import check_ratio, note_figures
from tests.bench.large_past import LAST_DAY, LargePast, PastPlan, store_large_past
from tests.bench.past_counters import PastCounters

NOW = datetime.combine(LAST_DAY, time(20), UTC)
# A hundred answers of each person in two years: they come back often.
ANSWERS = int(os.environ.get("TROPA_BENCH_ANSWERS", "300000"))
PLAN = PastPlan(ANSWERS, ANSWERS // 100)
BARE_SUM = text(
    "SELECT subject, measure, bucket, SUM(n), SUM(total), SUM(squares) FROM tally"
    " WHERE journey = 'large' AND day BETWEEN :first AND :last GROUP BY subject, measure, bucket"
)


def _sum_plainly(tx: Connection, window: Mapping[str, date]) -> int:
    return len(tx.execute(BARE_SUM, window).all())


async def _find_least_seconds(run: Callable[[], Awaitable[object]], rounds: int = 5) -> float:
    seconds = []
    for _ in range(rounds):
        start = asyncio.get_running_loop().time()
        await run()
        seconds.append(asyncio.get_running_loop().time() - start)
    return min(seconds)


@pytest.mark.timeout(3600)
def test_a_map_of_a_long_history_costs_a_few_bare_sums_of_its_counters(
    sqlite_url: str, benchmark: BenchmarkFixture
) -> None:
    async def measure() -> float:
        db = Database(sqlite_url)
        await db.write(lambda tx: store_large_past(tx, PLAN))
        make_map, ratios = MakeMap(db, FrozenClock(NOW), 5), []
        for days in (28, 84, 365):
            window = {"first": LAST_DAY - timedelta(days=days - 1), "last": LAST_DAY}
            bare = await _find_least_seconds(partial(db.read, partial(_sum_plainly, window=window)))
            ours = await _find_least_seconds(partial(make_map, MapRequest("large", days=days)))
            ratios.append(ours / bare)
            note_figures(benchmark, f"{days} days: map {1000 * ours:.0f} ms, bare sum {1000 * bare:.0f} ms")
        await db.close()
        return ratios[0]

    ratio: float = benchmark.pedantic(lambda: asyncio.run(measure()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=20)


class _Error(NamedTuple):
    """Distance of a figure by gap counters from the one of all people, in %."""

    people: float
    width: float


@pytest.mark.timeout(3600)
def test_people_by_gap_counters_are_those_counted_one_by_one(sqlite_url: str, benchmark: BenchmarkFixture) -> None:
    async def measure() -> float:
        db, past = Database(sqlite_url), PastCounters(LargePast(PLAN))
        journey = await db.write(lambda tx: store_large_past(tx, PLAN))
        errors: list[_Error] = []
        for days in (14, 28, 56, 84, 180, 365):
            for back in (0, 100, 250):
                last = PLAN.days - 1 - back
                errors += await db.read(partial(_compare, journey=journey, past=past, last=last, days=days))
        await db.close()
        people, width = ([each[part] for each in errors] for part in (0, 1))
        for name, part in (("people", people), ("width of the interval", width)):
            note_figures(benchmark, f"{name}: {np.mean(part):.2f} % off on average, {max(part):.2f} % at most")
        note_figures(benchmark, f"{len(errors)} figures, of up to {PLAN.people} people")
        assert np.mean(people) < 2
        assert np.mean(width) < 1
        assert max(width) < 4
        return max(people)

    worst: float = benchmark.pedantic(lambda: asyncio.run(measure()), rounds=1)  # type: ignore[no-untyped-call]  # as above
    check_ratio(benchmark, worst, below=6)


def _compare(tx: Connection, journey: Journey, past: PastCounters, last: int, days: int) -> list[_Error]:
    """Return the errors of all figures that gap counters make in a window of so many days up to day ``last``."""
    errors = []
    scope = MapScope(journey, past.day_of(last - days + 1), past.day_of(last))
    for (place, measure), found in read_people(tx, read_counters(tx, scope)).items():
        if found.clusters.basis is CountBasis.ABOUT and measure == Scale.CSAT:
            exact = past.count_people(place, last - days + 1, last)
            assert found.sums.n == exact.sums.n
            assert found.clusters.at_least <= exact.clusters.people
            widths = [math.sqrt(clustered_variance(each)) for each in (found, exact)]
            errors.append(_Error(_percent_off(found, exact), 100 * abs(widths[0] / widths[1] - 1)))
    return errors


def _percent_off(found: PeopleSums, exact: PeopleSums) -> float:
    return 100 * abs(found.clusters.people / exact.clusters.people - 1)
