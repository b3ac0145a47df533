"""A quick look at the policies of asking: burden, figures that are known worst, and that selection moves no figure."""

from functools import cache
from math import sqrt

from cjm.journeys.journey import Journey
from tests.bench.asking_policies.asked_year import AskedYear, SimulatedQuestion
from tests.bench.asking_policies.customers import SURVEYS, list_visits, make_shop
from tests.bench.asking_policies.policies import FIRST_BUILT, NOW
from tests.bench.asking_policies.policy_table import measure_policy
from tests.depth import choose_depth

PEOPLE = choose_depth(250, 3000)
CONTENTS = {place: 0.15 + 0.08 * number for number, place in enumerate(SURVEYS)}


@cache
def _make_journey() -> Journey:
    return make_shop(max(1, PEOPLE // 56))


def _live_now(seed: int, contents: dict[str, float]) -> list[SimulatedQuestion]:
    journey = _make_journey()
    return AskedYear(journey, list_visits(journey, seed, PEOPLE, contents), NOW).live()


def test_no_more_questions_tell_more_where_least_is_known_and_of_recommendations() -> None:
    journey = _make_journey()
    visits = list_visits(journey, 21, PEOPLE)
    before, now = (measure_policy(journey, visits, PEOPLE, policy) for policy in (FIRST_BUILT, NOW))
    assert now.questions <= before.questions * 1.05
    assert now.nps > 3 * before.nps
    assert now.at_moments_of_truth > 0.96 * before.at_moments_of_truth
    assert now.worst < before.worst
    assert now.median < before.median


def test_whatever_people_answer_the_same_people_are_asked_about_the_same() -> None:
    asked = [
        {(question.visit.event, question.asked_at) for question in _live_now(22, contents)}
        for contents in (CONTENTS, dict.fromkeys(SURVEYS, 0.0))
    ]
    assert asked[0] == asked[1]


def test_the_figure_of_each_place_is_that_of_all_its_visits() -> None:
    """Answers here do not depend on what else somebody is asked: then the choice of whom to ask moves no figure."""
    asked = _live_now(23, CONTENTS)
    for place, content in CONTENTS.items():
        given = [q.visit.is_content for q in asked if q.answered_at is not None and q.visit.survey.key == place]
        error = sqrt(content * (1 - content) / len(given))
        assert abs(sum(given) / len(given) - content) < 4 * error, place
