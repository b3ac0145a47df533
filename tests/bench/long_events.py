"""Rates of events over HTTP, beside a bare server: `python -m tests.bench` runs them, the tests do not.

`TROPA_BENCH_EVENTS` sets another number of events.
"""

import asyncio
import os
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.bench.events.measure import LIST, EventPlan, EventRate, EventResult, measure_floor, measure_tropa

EVENTS = int(os.environ.get("TROPA_BENCH_EVENTS", "8000"))
PLAN = EventPlan(lists=EVENTS // LIST, singles=EVENTS // 10, taps=300)
MOST_TIMES = {"sqlite": 12, "postgresql": 12}  # of the CPU time of bare inserts, with parsing and answering


@pytest.mark.timeout(1200)
def test_events_in_lists_of_200_take_12_times_the_cpu_time_of_bare_inserts_at_most(
    benchmark: BenchmarkFixture, database_url: str, tmp_path: Path
) -> None:
    """The rates that are noted depend on the machine: 3,000 a second in lists and 500 alone are the goals."""

    def measure() -> tuple[EventResult, EventRate]:
        ours = asyncio.run(measure_tropa(PLAN, database_url, tmp_path))
        return ours, asyncio.run(measure_floor(PLAN, database_url))

    ours, bare = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(
        benchmark,
        f"bare server, lists    {bare}",
        f"Tropa, lists          {ours.lists}",
        f"beside 20 taps/s      {ours.beside}",
        f"the taps              {ours.taps}",
        f"Tropa, single events  {ours.singles}",
    )
    most = MOST_TIMES[database_url.partition(":")[0]]
    check_ratio(benchmark, ours.lists.all_cpu / ours.lists.events / (bare.all_cpu / bare.events), below=most)
