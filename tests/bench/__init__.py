"""Benchmarks: each compares our time with that of plain work of the same size, in the same run.

A ratio of two times says the same on a fast and on a slow machine, so it can have a limit.
`python -m tests.bench` runs them alone and prints a table.
"""

from pytest_benchmark.fixture import BenchmarkFixture


def check_ratio(benchmark: BenchmarkFixture, ratio: float, *, below: float) -> None:
    """Record the ratio for the table, and fail when it is not below its limit."""
    benchmark.extra_info.update(ratio=ratio, below=below)
    assert ratio < below
