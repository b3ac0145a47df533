"""Pace of ten thousand invitations, which takes minutes: `python -m tests.bench` runs it, the tests do not.

`TROPA_BENCH_INVITATIONS` sets another number of them.
"""

import os

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.pace.measure import PacePlan, open_crowd_apart
from tests.bench.test_pace import check_pace

MANY = PacePlan(people=int(os.environ.get("TROPA_BENCH_INVITATIONS", "10000")))


@pytest.mark.timeout(1800)
def test_ten_thousand_invitations_go_out_at_the_pace_of_the_budget_while_people_tap(
    benchmark: BenchmarkFixture, database_url: str
) -> None:
    check_pace(benchmark, MANY, database_url, open_crowd_apart)
