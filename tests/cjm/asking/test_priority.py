"""Order of one person's questions: importance, giving way, and patience."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.asking.decision import Ask, AskingReason, AskingRules, AskingVisit, Decision, History, Hold, Skip, decide
from cjm.asking.priority import (
    Importance,
    RivalQuestion,
    find_displacing_rival,
    find_importance,
    may_meet_moment_of_truth,
)
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = AskingRules(quiet_hours=QuietHours.parse("21:00-09:00"))
ANYBODY = History(zone=ZoneInfo("UTC"))


def make_survey(place: str, kind: str = "csat", about: str | None = None, trigger: str = "touchpoint") -> Survey:
    question = {"key": f"q-{place}", "kind": kind, "text": "How?"} | ({"about": about} if about else {})
    return Survey.model_validate({"key": place, "on": {trigger: place}, "greatest_age": "8d", "questions": [question]})


def make_journey(
    *surveys: Survey,
    of_stage: Mapping[str, object] | None = None,
    of_delivery: Mapping[str, object] | None = None,
    **keys: object,
) -> Journey:
    delivery = {"key": "delivery", "title": "Delivery", "moment_of_truth": True, **(of_delivery or {})}
    page, order, club = ({"key": key, "title": key} for key in ("page", "order", "club"))
    stages = [
        {"key": "look", "title": "Look", "touchpoints": [page]},
        {"key": "get", "title": "Get", "touchpoints": [order, delivery], **(of_stage or {})},
        {"key": "use", "title": "Use", "touchpoints": [club]},
    ]
    return Journey.model_validate({"key": "shop", "title": "Shop", "stages": stages, "surveys": surveys, **keys})


@pytest.mark.parametrize(
    ("survey", "importance"),
    [
        (make_survey("page"), Importance.ROUTINE),
        (make_survey("page", "nps"), Importance.RECOMMENDATION),
        (make_survey("delivery"), Importance.MOMENT_OF_TRUTH),
        (make_survey("delivery", "nps"), Importance.MOMENT_OF_TRUTH),
        (make_survey("get", trigger="leave"), Importance.ROUTINE),  # a stage is none by itself
        (make_survey("get", about="delivery", trigger="leave"), Importance.MOMENT_OF_TRUTH),
    ],
)
def test_importance_follows_from_what_a_survey_is_about(survey: Survey, importance: Importance) -> None:
    assert find_importance(make_journey(survey), survey) is importance


@pytest.mark.parametrize(("place", "may_meet"), [("page", True), ("order", True), ("club", False)])
def test_a_moment_of_truth_may_come_in_the_same_stage_and_in_later_ones(place: str, may_meet: bool) -> None:
    survey, delivery = make_survey(place), make_survey("delivery")
    assert may_meet_moment_of_truth(make_journey(survey, delivery), survey) is may_meet
    assert not may_meet_moment_of_truth(make_journey(survey), survey)  # nobody is asked about the delivery


# ---- giving way ------------------------------------------------------------------------------------------------------

ROUTINE = AskingVisit("e", NOW - HOUR)
PAGE = make_survey("page")


def decide_beside(*rivals: RivalQuestion, visit: AskingVisit = ROUTINE, now: datetime = NOW) -> Decision:
    return decide(visit, PAGE, replace(ANYBODY, rivals=rivals), RULES, now)


def make_rival(due: timedelta, latest: timedelta, importance: Importance = Importance.MOMENT_OF_TRUTH) -> RivalQuestion:
    return RivalQuestion(importance, NOW + due, NOW + latest)


def test_a_routine_question_gives_way_to_a_moment_of_truth_that_is_due_or_would_be_lost() -> None:
    assert decide_beside(make_rival(-HOUR, 9 * DAY)) == Hold(NOW + HOUR, AskingReason.DISPLACED)
    assert decide_beside(make_rival(2 * HOUR, DAY)) == Hold(NOW + 2 * HOUR, AskingReason.DISPLACED)


def test_a_question_that_can_still_be_asked_after_the_shortest_time_displaces_nothing() -> None:
    assert decide_beside(make_rival(6 * DAY, 7 * DAY)) == Ask()


def test_questions_of_the_same_importance_do_not_wait_for_each_other() -> None:
    assert decide_beside(make_rival(-HOUR, DAY, Importance.ROUTINE)) == Ask()
    truth = replace(ROUTINE, importance=Importance.MOMENT_OF_TRUTH)
    assert decide_beside(make_rival(-HOUR, DAY), visit=truth) == Ask()


def test_a_recommendation_goes_before_a_routine_question_and_after_a_moment_of_truth() -> None:
    nps = replace(ROUTINE, importance=Importance.RECOMMENDATION)
    assert decide_beside(make_rival(-HOUR, DAY, Importance.RECOMMENDATION)) != Ask()
    assert decide_beside(make_rival(-HOUR, DAY, Importance.ROUTINE), visit=nps) == Ask()
    assert decide_beside(make_rival(-HOUR, DAY), visit=nps) != Ask()


def test_a_question_that_would_wait_for_another_beyond_its_greatest_age_is_skipped() -> None:
    old = replace(ROUTINE, at=NOW - 8 * DAY + HOUR)
    assert decide_beside(make_rival(3 * HOUR, DAY), visit=old) == Skip(AskingReason.DISPLACED)


@given(st.lists(st.builds(make_rival, *[st.integers(-9, 9).map(lambda n: n * DAY)] * 2, st.sampled_from(Importance))))
def test_of_several_waiting_questions_one_at_least_gives_way_to_none(rivals: list[RivalQuestion]) -> None:
    """So that no ring of questions waits for ever."""
    alive = [rival for rival in rivals if rival.not_after >= NOW]
    free = [one for one in alive if find_displacing_rival(one.importance, alive, NOW, 7 * DAY) is None]
    assert bool(free) == bool(alive)


# ---- patience --------------------------------------------------------------------------------------------------------

PATIENT = AskingVisit("e", NOW, is_patient=True)


def test_a_routine_question_waits_three_days_for_a_moment_of_truth_and_is_asked_then() -> None:
    assert decide_beside(visit=PATIENT) == Hold(NOW + 3 * DAY, AskingReason.PATIENCE)
    assert decide_beside(visit=PATIENT, now=NOW + 3 * DAY) == Ask()


def test_a_question_waits_at_most_half_of_its_time() -> None:
    survey = PAGE.model_copy(update={"greatest_age": 2 * DAY})
    assert decide(PATIENT, survey, ANYBODY, RULES, NOW) == Hold(NOW + DAY, AskingReason.PATIENCE)


def test_a_question_that_would_be_too_late_after_its_patience_is_asked_at_once() -> None:
    survey = PAGE.model_copy(update={"greatest_age": 20 * HOUR})  # half of it ends in quiet hours, until its last hour
    assert decide(PATIENT, survey, ANYBODY, RULES, NOW) == Ask()


def test_patience_of_zero_days_is_switched_off() -> None:
    assert decide(PATIENT, PAGE, ANYBODY, replace(RULES, patience=timedelta()), NOW) == Ask()
