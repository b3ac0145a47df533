"""False alarms and power of marks, by simulation: the tables of `docs/figures.md`. It takes many minutes."""

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

WEEKS, YEARS = 52, 20

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize("volume", VOLUMES)
def test_false_marks_in_quiet_weeks(benchmark: BenchmarkFixture, volume: int) -> None:
    maps, digests, tested = benchmark.pedantic(lambda: false_marks(Business(volume), WEEKS, YEARS), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"| {volume} | {tested:.0f} | {maps} | {digests} |")
    check_ratio(benchmark, max(each.share - 2 * each.error for each in (maps, digests)) / 0.05, below=1)


def test_false_marks_when_customers_come_back_often(benchmark: BenchmarkFixture) -> None:
    business = Business(400, pool=0.5)
    maps, digests, tested = benchmark.pedantic(lambda: false_marks(business, WEEKS, YEARS), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, f"| 400, ten answers a customer | {tested:.0f} | {maps} | {digests} |")
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
    parts = [f"{counts[each] / counts.total():.0%}" for each in ChangeDirection]
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
