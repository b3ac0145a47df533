"""Pace of invitations against the budget, with Telegram's limits enforced: of a few with faster limits, and of 10,000.

The long one takes minutes. `TROPA_BENCH_INVITATIONS` sets another number of them.
"""

import asyncio
import os

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bot.db.delivery.states import LetterState
from tests.bench import check_ratio, note_figures
from tests.bench.pace.measure import (
    OpenCrowd,
    PacePlan,
    PaceResult,
    measure_pace,
    open_crowd_apart,
    open_crowd_here,
)

FEW = PacePlan(people=100, share=0.3, faster=2)
MANY = PacePlan(people=int(os.environ.get("TROPA_BENCH_INVITATIONS", "10000")))
GOAL = 0.96  # of the budget
LEAST_OF_FEW = 0.1  # of a hundred invitations: most of their time goes to the beginning and the end


def test_invitations_go_out_at_the_pace_of_the_budget_and_none_is_refused(
    benchmark: BenchmarkFixture, database_url: str
) -> None:
    check_pace(benchmark, FEW, database_url, open_crowd_here, LEAST_OF_FEW)


@pytest.mark.timeout(1800)
def test_ten_thousand_invitations_go_out_at_the_pace_of_the_budget_while_people_tap(
    benchmark: BenchmarkFixture, database_url: str
) -> None:
    check_pace(benchmark, MANY, database_url, open_crowd_apart)


def check_pace(
    benchmark: BenchmarkFixture, plan: PacePlan, database_url: str, open_crowd: OpenCrowd, goal: float = GOAL
) -> None:
    """Compare the rate of starts with the budget, and check the limits by the sender's record and by the sandbox."""

    def measure() -> PaceResult:
        return asyncio.run(measure_pace(plan, database_url, open_crowd))

    result = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, str(result))
    assert result.letters == {LetterState.SENT: plan.people}
    assert (result.crowd.questions, result.crowd.refused) == (plan.people, 0)
    assert result.most_in_a_second <= result.budget
    assert result.most_of_a_chat == 1
    check_ratio(benchmark, result.share_of_budget, at_least=goal)
