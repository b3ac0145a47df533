"""Sampling by need: targets, the share that reaches them, and that nothing but numbers decides."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.asking.adaptive_sampling import SurveyAttention, find_target_people, find_wanted_share
from cjm.asking.decision import AskingReason, AskingVisit, Skip, decide, is_drawn
from tests.cjm.asking.test_priority import ANYBODY, NOW, PAGE, RULES, make_journey, make_survey

counts = st.builds(SurveyAttention, st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))


def test_a_target_stands_at_the_touchpoint_else_the_stage_else_the_journey() -> None:
    page, delivery = make_survey("page"), make_survey("delivery")
    journey = make_journey(page, delivery)
    assert find_target_people(journey, page) == 100  # ten times what a verdict needs
    assert find_target_people(journey, delivery) == 200  # a moment of truth
    own = make_journey(page, delivery, target_people=30)
    assert (find_target_people(own, page), find_target_people(own, delivery)) == (30, 60)
    staged = make_journey(page, delivery, target_people=30, of_stage={"target_people": 50})
    assert (find_target_people(staged, page), find_target_people(staged, delivery)) == (30, 50)
    pointed = make_journey(page, delivery, of_stage={"target_people": 50}, of_delivery={"target_people": 7})
    assert find_target_people(pointed, delivery) == 7


@pytest.mark.parametrize(
    ("attention", "share"),
    [
        (SurveyAttention(), 1.0),  # nothing is known yet
        (SurveyAttention(visits=5000, drawn=5000, answered=0), 1.0),
        (SurveyAttention(visits=100, drawn=100, answered=40), 1.0),  # too few, whatever is done
        (SurveyAttention(visits=1000, drawn=1000, answered=400), 0.25),  # four times as many people as are needed
        (SurveyAttention(visits=1000, drawn=250, answered=100), 0.25),  # as many as are needed: it stays so
        (SurveyAttention(visits=1000, drawn=250, answered=50), 0.5),  # fewer answer now
    ],
)
def test_so_many_visits_are_asked_about_that_the_target_of_100_people_is_reached(
    attention: SurveyAttention, share: float
) -> None:
    assert find_wanted_share(attention, 100) == share


@given(counts, st.integers(1, 1000))
def test_the_further_below_its_target_the_more_is_asked(attention: SurveyAttention, target: int) -> None:
    share = find_wanted_share(attention, target)
    assert 0 < share <= 1
    assert find_wanted_share(attention, target + 1) >= share
    assert find_wanted_share(replace(attention, answered=attention.answered + 1), target) <= share


def test_selection_knows_numbers_of_people_only() -> None:
    """What somebody answered has no way into the decision: whatever the answers, the same visits are drawn."""
    assert {field.name: field.type for field in fields(SurveyAttention)} == dict.fromkeys(
        ("visits", "drawn", "answered"), int
    )


@given(st.text(min_size=1, max_size=20), st.floats(0, 1))
def test_the_share_of_the_survey_is_a_ceiling_and_a_greater_share_takes_the_same_visits_and_more(
    event: str, wanted: float
) -> None:
    half = PAGE.model_copy(update={"share": 0.5})
    assert is_drawn(event, half, wanted) <= is_drawn(event, half, 1.0) <= is_drawn(event, PAGE, 1.0)
    assert is_drawn(event, half, wanted) <= is_drawn(event, PAGE, wanted)


def test_a_visit_beyond_the_wanted_share_is_skipped_because_enough_people_answered() -> None:
    visit = AskingVisit("e", NOW, wanted_share=0.0)
    assert decide(visit, PAGE, ANYBODY, RULES, NOW) == Skip(AskingReason.ENOUGH_ANSWERS)
    none = PAGE.model_copy(update={"share": 1e-9})
    assert decide(visit, none, ANYBODY, RULES, NOW) == Skip(AskingReason.NOT_SAMPLED)
