"""Storms of taps that take minutes: `python -m tests.bench` runs them, the tests do not."""

import asyncio
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.bench.long_tap_rate import measure_rate
from tests.bench.storm.measure import StormPlan, StormResult, measure_bare_bot, measure_beside_maps, measure_tropa

AT_ONCE = StormPlan(people=2000)
IN_A_MINUTE = StormPlan(people=10_000, seconds=60.0)
BESIDE_MAPS = StormPlan(people=300, seconds=60.0, rounds=2, managers=10)
MOST_ADDED = 0.1  # seconds


@pytest.mark.timeout(900)
def test_two_thousand_taps_at_once_are_acknowledged_at_half_the_rate_of_a_bare_bot(
    benchmark: BenchmarkFixture, database_url: str, tmp_path: Path
) -> None:
    measure_rate(benchmark, AT_ONCE, database_url, tmp_path)


@pytest.mark.timeout(1200)
def test_of_ten_thousand_people_who_tap_within_a_minute_99_in_100_wait_for_a_sixtieth_of_it_at_most(
    benchmark: BenchmarkFixture, database_url: str, tmp_path: Path
) -> None:
    """They come whether or not the taps before are acknowledged: a bot that is too slow lets them wait ever longer."""

    def measure() -> float:
        bare = asyncio.run(measure_bare_bot(IN_A_MINUTE))
        ours = asyncio.run(measure_tropa(IN_A_MINUTE, database_url, tmp_path))
        note_figures(benchmark, f"bare bot  {bare}", f"Tropa     {ours}")
        return ours.wait_of(0.99) / IN_A_MINUTE.seconds

    ratio: float = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=1 / 60)


@pytest.mark.timeout(900)
def test_ten_managers_who_ask_for_maps_all_the_time_add_100_ms_to_99_of_100_taps_at_most(
    benchmark: BenchmarkFixture, database_url: str, tmp_path: Path
) -> None:
    """The same taps come without managers and beside them, so that a slow or busy machine is no part of the ratio."""

    def measure() -> tuple[StormResult, StormResult]:
        return asyncio.run(measure_beside_maps(BESIDE_MAPS, database_url, tmp_path))

    quiet, beside = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"without managers  {quiet}", f"beside {beside.maps} maps    {beside}")
    assert beside.maps >= BESIDE_MAPS.managers
    check_ratio(benchmark, (beside.wait_of(0.99) - quiet.wait_of(0.99)) / MOST_ADDED, below=1)
