"""Weakest and best of equal stages, and of one that is lower, by simulation: the tables of `docs/figures.md`."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.cjm.figures.clustered_coverage import Counting
from tests.cjm.figures.findings.ranking_rates import (
    SIZES,
    TRUTHS,
    find_rate,
    rate_of_equal_stages,
    rate_of_returning_people,
)

MAPS = 1000
STAGES = (2, 3, 5, 8)

pytestmark = pytest.mark.timeout(1800)


def test_ranking_of_equal_stages_names_none(benchmark: BenchmarkFixture) -> None:
    def measure() -> float:
        rows = {
            sizes: [[rate_of_equal_stages(truth, stages, sizes, MAPS) for truth in TRUTHS] for stages in STAGES]
            for sizes in SIZES
        }
        return _note_rows(benchmark, rows)

    check_ratio(benchmark, benchmark.pedantic(measure, rounds=1), below=1)  # type: ignore[no-untyped-call]  # pedantic has no types


def test_ranking_of_equal_stages_names_none_when_people_come_back(benchmark: BenchmarkFixture) -> None:
    def measure() -> float:
        rows = {
            f"people come back, counted {count}": [
                [rate_of_returning_people(truth, stages, count, MAPS) for truth in TRUTHS] for stages in STAGES
            ]
            for count in (Counting.EXACTLY, Counting.BY_GAPS)
        }
        return _note_rows(benchmark, rows)

    check_ratio(benchmark, benchmark.pedantic(measure, rounds=1), below=1)  # type: ignore[no-untyped-call]  # as above


@pytest.mark.parametrize("people", [30, 100, 400])
def test_ranking_finds_a_stage_that_is_lower(benchmark: BenchmarkFixture, people: int) -> None:
    rates = benchmark.pedantic(lambda: [find_rate(people, gap, 1000) for gap in (10, 20)], rounds=1)  # type: ignore[no-untyped-call]  # as above
    note_figures(benchmark, f"| {people} | {rates[0]:.0%} | {rates[1]:.0%} |")


def _note_rows(benchmark: BenchmarkFixture, rows: dict[str, list[list[float]]]) -> float:
    """Note the greatest share over all scales by sizes and stages; return the greatest of all to the share allowed."""
    note_figures(benchmark, f"| people a stage | {' | '.join(map(str, STAGES))} |")
    for name, rates in rows.items():
        note_figures(benchmark, f"| {name} | {' | '.join(f'{max(each):.1%}' for each in rates)} |")
    return max(max(each) for rates in rows.values() for each in rates) / 0.05
