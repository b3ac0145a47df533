"""Coverage of intervals when the same people come back: `python -m tests.bench` measures it, the tests take a look."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.cjm.figures.clustered_coverage import GRID, TRUTHS, Counting, measure_grid

DRAWS = 8000
LEAST = 0.89  # in every cell of the grid


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [Counting.EXACTLY, Counting.BY_GAPS])
def test_intervals_at_coverage_of_89_per_cent_or_more(benchmark: BenchmarkFixture, count: Counting) -> None:
    """The ratio is the share of intervals that miss the truth, in the worst cell, to the share that may."""

    def measure() -> float:
        found = measure_grid(TRUTHS, GRID, DRAWS, count)
        lines = [
            f"{truth.scale:<12}{truth.figure:6.1f}   mean {row.mean():.3f}, least {row.min():.3f} ({_name_cell(row)})"
            for truth, row in zip(TRUTHS, found, strict=True)
        ]
        note_figures(benchmark, f"people counted {count}", *lines)
        for scale in {truth.scale for truth in TRUTHS}:
            of_scale = found[[truth.scale is scale for truth in TRUTHS]]
            assert 0.94 <= of_scale.mean() <= 0.98, scale
        return float((1 - found.min()) / (1 - LEAST))

    def _name_cell(row: list[float]) -> str:
        cell = GRID[min(range(len(GRID)), key=lambda place: row[place])]
        return f"{cell.people} people, {cell.days} days, {cell.answers} answers a day, alike by {cell.likeness}"

    ratio: float = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=1)
