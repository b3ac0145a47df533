"""Rate at which taps of many people at once are acknowledged, beside a bare aiogram bot in the same run."""

import asyncio
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.bench.storm.measure import StormPlan, StormResult, measure_bare_bot, measure_tropa

AT_ONCE = StormPlan(people=300, rounds=4)
GOALS = {"sqlite": 0.5, "postgresql": 0.4}


@pytest.mark.timeout(600)
def test_taps_at_once_are_acknowledged_at_half_the_rate_of_a_bare_bot(
    benchmark: BenchmarkFixture, database_url: str, tmp_path: Path
) -> None:
    measure_rate(benchmark, AT_ONCE, database_url, tmp_path)


def measure_rate(benchmark: BenchmarkFixture, plan: StormPlan, database_url: str, folder: Path) -> None:
    """Compare the rate of acknowledgements with a bare bot's, and note how long people waited."""

    def measure() -> tuple[StormResult, StormResult]:
        return asyncio.run(measure_bare_bot(plan)), asyncio.run(measure_tropa(plan, database_url, folder))

    bare, ours = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"bare bot  {bare}", f"Tropa     {ours}")
    goal = GOALS[database_url.partition(":")[0]]
    check_ratio(benchmark, ours.rate / bare.rate, at_least=goal)
