"""Pace of invitations against the budget, with Telegram's limits enforced: a small crowd, and faster limits."""

import asyncio

from pytest_benchmark.fixture import BenchmarkFixture

from bot.db.delivery.states import LetterState
from tests.bench import check_ratio, note_figures
from tests.bench.pace.measure import OpenCrowd, PacePlan, PaceResult, measure_pace, open_crowd_here

FEW = PacePlan(people=100, share=0.3, faster=2, slack=2)
GOAL = 0.96  # of the budget
BESIDE_OTHER_TESTS = 0.02  # then a machine has little time for this


def test_invitations_go_out_at_the_pace_of_the_budget_and_none_is_refused(
    benchmark: BenchmarkFixture, database_url: str
) -> None:
    check_pace(benchmark, FEW, database_url, open_crowd_here, BESIDE_OTHER_TESTS)


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
