"""CPU time of `tropa --help` against importing click alone, which no command line that uses it can do without."""

import resource
import subprocess
import sys

from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio

ROUNDS = 6  # of both by turns; the quickest of each counts
GOAL = 1.3
BESIDE_OTHER_TESTS = 1.6  # then the two do not find the machine's caches alike


def measure_process(*args: str) -> float:
    """Run Python with these arguments; return the CPU time that it took, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *args], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_takes_little_longer_than_importing_click(benchmark: BenchmarkFixture) -> None:
    def measure_ratio() -> float:
        pairs = [(measure_process("-m", "bot", "--help"), measure_process("-c", "import click")) for _ in range(ROUNDS)]
        return min(ours for ours, _ in pairs) / min(theirs for _, theirs in pairs)

    ratio = benchmark.pedantic(measure_ratio, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=BESIDE_OTHER_TESTS if benchmark.disabled else GOAL)
