"""Policies of asking at about equal burden, as a table: `python -m tests.bench` prints it."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.bench.asking_policies.customers import list_visits, make_shop
from tests.bench.asking_policies.policies import FIRST_BUILT, HOLDING, NOW
from tests.bench.asking_policies.policy_table import HEAD, PolicyRow, measure_policy
from tests.depth import choose_depth

SEED = 11  # the policy was chosen on others
PEOPLE, PEOPLE_PER_TARGET = choose_depth(3000, 10_000), 56
"""So many customers for each person of the target, that both policies ask about equally often."""


@pytest.mark.timeout(3600)
def test_worst_half_width_now_to_as_first_built(benchmark: BenchmarkFixture) -> None:
    """The figure that is known worst is known better, although no more questions are asked."""
    journey = make_shop(PEOPLE // PEOPLE_PER_TARGET)
    visits = list_visits(journey, SEED, PEOPLE)

    def measure() -> list[PolicyRow]:
        return [measure_policy(journey, visits, PEOPLE, policy) for policy in (FIRST_BUILT, HOLDING, NOW)]

    rows: list[PolicyRow] = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    note_figures(benchmark, HEAD, *map(str, rows))
    before, _, now = rows
    assert now.questions < before.questions
    assert now.nps > 3 * before.nps
    assert now.at_moments_of_truth > 0.96 * before.at_moments_of_truth
    assert now.median < before.median
    check_ratio(benchmark, now.worst / before.worst, below=0.8)
