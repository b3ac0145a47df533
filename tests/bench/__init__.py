"""Benchmarks: each compares our time with that of plain work of the same size, in the same run.

A ratio of two times says the same on a fast and on a slow machine, so it can have a limit.
`python -m tests.bench` runs them alone and prints a table; it also runs those that take minutes (`long_*.py`).
"""

from pytest_benchmark.fixture import BenchmarkFixture


def check_ratio(
    benchmark: BenchmarkFixture, ratio: float, *, below: float | None = None, at_least: float | None = None
) -> None:
    """Record the ratio for the table, and fail when it is not below its upper limit, or not at least its lower one."""
    limit = f"below {below:.3g}" if below is not None else f"at least {at_least:g}"
    benchmark.extra_info.update(ratio=ratio, limit=limit)
    assert below is None or ratio < below
    assert at_least is None or ratio >= at_least


def note_figures(benchmark: BenchmarkFixture, *lines: str) -> None:
    """Record lines for the table that have no limit: times depend on the machine."""
    benchmark.extra_info.setdefault("lines", []).extend(lines)
