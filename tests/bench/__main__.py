"""Run the benchmarks one after another and print each with its ratio and its limit."""

import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture


class RatioTable:
    """Pytest plugin that collects the ratio of each benchmark, also of one that misses its limit."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def pytest_runtest_teardown(self, item: pytest.Function) -> None:
        benchmark = item.funcargs["benchmark"]
        assert isinstance(benchmark, BenchmarkFixture)
        figures = benchmark.extra_info
        if "ratio" in figures:  # absent when the benchmark failed before it was measured
            name = item.name.removeprefix("test_").replace("_", " ")
            self.rows.append(f"{name:<98} {figures['ratio']:>9.3g}   {figures['limit']}")
        self.rows += [f"    {line}" for line in figures.get("lines", ())]


def main() -> int:
    """Return the exit code of pytest: 0 when every ratio keeps its limit."""
    table = RatioTable()
    options = ["-q", "-n0", "--no-header", "--benchmark-quiet", "-o", "python_files=test_*.py long_*.py"]
    code = pytest.main([str(Path(__file__).parent), *options, *sys.argv[1:]], plugins=[table])
    print("\n".join(["", *table.rows]))  # noqa: T201 - the table is the output of this program
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
