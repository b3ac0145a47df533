"""False alarms and power of marks, by simulation: the tables of `docs/figures.md`. It takes a quarter of an hour."""

import os

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cjm.figures.journey_map import ChangeDirection
from tests.bench import check_ratio, note_figures
from tests.cjm.figures.findings.alarm_rates import (
    LATE,
    VOLUMES,
    directions_of_late_answers,
    false_marks,
    mix_directions,
    power,
    weekday_marks,
)
from tests.cjm.figures.findings.business import Business
from tests.cjm.figures.findings.periods import MOST_ROWS

WEEKS, YEARS = 52, 20
SEED = int(os.environ.get("TROPA_BENCH_SEED", "20261126"))

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize(
    ("name", "business", "most_rows"),
    [
        *((f"{volume:,}", Business(volume), MOST_ROWS) for volume in VOLUMES),
        ("400, all people about", Business(400), 0),
        ("400, customers come four times as often", Business(400, pool=0.5), MOST_ROWS),
        ("the same, all people about", Business(400, pool=0.5), 0),
        ("2,000, customers come four times as often", Business(2000, pool=0.5), MOST_ROWS),
    ],
)
def test_false_marks_in_quiet_weeks(benchmark: BenchmarkFixture, name: str, business: Business, most_rows: int) -> None:
    """TROPA_BENCH_SEED draws other years."""
    rates = benchmark.pedantic(  # type: ignore[no-untyped-call]  # pedantic has no types
        lambda: false_marks(business, WEEKS, YEARS, most_rows=most_rows, seed=SEED), rounds=1
    )
    maps, digests, tested = rates
    note_figures(benchmark, f"| {name} | {tested:.0f} | {maps} | {digests} |")
    check_ratio(benchmark, max(each.share - 2 * each.error for each in (maps, digests)) / 0.05, below=1)


@pytest.mark.parametrize("drop", [10, 20])
@pytest.mark.parametrize("people", [30, 100, 400])
def test_power(benchmark: BenchmarkFixture, people: int, drop: int) -> None:
    draws = 400 if (people, drop) == (30, 10) else 100  # so few are found there that their mean needs more
    on_map, in_digest, size = benchmark.pedantic(lambda: power(people, drop, draws), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"| {people} | {drop} | {on_map:.0%} | {in_digest:.0%} | {size:.0f} |")


@pytest.mark.parametrize(
    ("name", "business"),
    [
        ("more new customers, no group changed", Business(1500, new_share=(0.15, 0.5), new_gap=35)),
        ("all drop by 15, mix stays", Business(1500, new_share=(0.3, 0.3), new_gap=35, drop=15, drops_everywhere=True)),
        ("all drop by 15, more new", Business(1500, new_share=(0.15, 0.5), new_gap=35, drop=15, drops_everywhere=True)),
        ("all drop by 15, some more new", Business(400, new_share=(0.2, 0.35), new_gap=15, drop=15,
                                                   drops_everywhere=True)),
        ("nothing changes", Business(1500, new_share=(0.3, 0.3), new_gap=35)),
    ],
)  # fmt: skip
def test_mix_of_customers(benchmark: BenchmarkFixture, name: str, business: Business) -> None:
    counts = benchmark.pedantic(lambda: mix_directions(business, 100), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    told = (ChangeDirection.BETTER, ChangeDirection.WORSE, ChangeDirection.SAME, ChangeDirection.MIX)
    parts = [f"{counts[each] / counts.total():.1%}" for each in told]
    note_figures(benchmark, f"| {name} | {' | '.join(parts)} |")


def test_late_unhappy_answers(benchmark: BenchmarkFixture) -> None:
    draws = 150
    with_delay = benchmark.pedantic(lambda: list(directions_of_late_answers(draws, by_delay=True)), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    without = list(directions_of_late_answers(draws, by_delay=False))
    for name, found in (("quick with quick, late with late", with_delay), ("all together", without)):
        better, worse = (found.count(each) / draws for each in (ChangeDirection.BETTER, ChangeDirection.WORSE))
        note_figures(benchmark, f"| {name} | {better:.1%} | {worse:.1%} |")
    assert LATE.unhappy_hours > LATE.happy_hours
    check_ratio(benchmark, with_delay.count(ChangeDirection.BETTER) / draws / 0.05, below=1.5)


@pytest.mark.parametrize(("now", "before"), [(28, 28), (7, 28), (14, 14), (10, 10), (3, 3)])
def test_weekends(benchmark: BenchmarkFixture, now: int, before: int) -> None:
    rate = benchmark.pedantic(lambda: weekday_marks(now, before, 15.0, 30), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"| {now} against {before} days | {rate} |")
    if now % 7 == 0:
        check_ratio(benchmark, (rate.share - 2 * rate.error) / 0.05, below=1)
