"""Rules of asking for one question: which of several limits hold, and that attention stays one budget."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cjm.asking.decision import Ask, AskingReason, AskingRules, AskingVisit, History, Skip, decide
from cjm.asking.limits import find_longest_wait, find_most_a_month, rules_for
from cjm.journeys.journey import Segment
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import Survey
from cjm.weekly import Weekday
from tests.journeys import SMALL

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = AskingRules(any_survey=7 * DAY, same_touchpoint=30 * DAY, nps=90 * DAY, per_month=4)


def make_survey(**keys: Any) -> Survey:
    question = {"key": "felt", "kind": "emotion", "text": "How was it?"}
    return Survey.model_validate({"key": "box", "on": {"touchpoint": "open"}, "questions": [question], **keys})


def make_segment(**limits: int) -> Segment:
    made = {"key": "vip", "title": "VIP", "where": {"tariff": ["gold"]}}
    return Segment.model_validate(made | ({"limits": limits} if limits else {}))


PLAIN = make_survey()


def test_without_overrides_the_rules_of_the_settings_hold() -> None:
    assert rules_for(RULES, PLAIN, [make_segment()]) == RULES


def test_limit_that_is_left_out_stays_as_it_is() -> None:
    assert rules_for(RULES, make_survey(limits={"nps_days": 180})) == replace(RULES, nps=180 * DAY)


def test_limit_of_the_survey_wins_over_that_of_a_segment() -> None:
    survey = make_survey(limits={"any_survey_days": 1})
    found = rules_for(RULES, survey, [make_segment(any_survey_days=30, per_month=1)])
    assert (found.any_survey, found.per_month) == (DAY, 1), "each limit by itself"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"any_survey_days": 3}, {"any_survey_days": 5}, {"any_survey": 5 * DAY}),
        ({"any_survey_days": 0}, {"nps_days": 30}, {"any_survey": timedelta(), "nps": 30 * DAY}),
        ({"per_month": 2}, {"per_month": 6}, {"per_month": 2}),
        ({"per_month": 0}, {"per_month": 6}, {"per_month": 6}),  # 0 is no limit
        ({"per_month": 0}, {"any_survey_days": 3}, {"per_month": 0, "any_survey": 3 * DAY}),
    ],
)
def test_of_several_segments_the_stricter_limit_holds(
    first: dict[str, int], second: dict[str, int], expected: dict[str, Any]
) -> None:
    segments = [make_segment(**first), make_segment(**second)]
    assert rules_for(RULES, PLAIN, segments) == replace(RULES, **expected)
    assert rules_for(RULES, PLAIN, segments[::-1]) == replace(RULES, **expected)


def test_days_of_a_survey_replace_those_of_the_settings() -> None:
    working_days = replace(RULES, weekdays=frozenset({Weekday.MON, Weekday.TUE}))
    assert rules_for(working_days, make_survey(weekdays=["sat"])).weekdays == {Weekday.SAT}
    assert rules_for(working_days, PLAIN).weekdays == {Weekday.MON, Weekday.TUE}


def test_override_changes_how_long_this_question_waits_and_no_other() -> None:
    """Attention is one budget: what another survey asked three days ago counts for both."""
    history, visit = History(ZoneInfo("UTC"), last_asked=NOW - 3 * DAY), AskingVisit("event-1", NOW)
    eager = make_survey(limits={"any_survey_days": 2})
    assert decide(visit, eager, history, rules_for(RULES, eager), NOW) == Ask()
    assert decide(visit, PLAIN, history, rules_for(RULES, PLAIN), NOW) == Skip(AskingReason.ASKED_RECENTLY)
    just_asked = replace(history, last_asked=NOW - DAY)
    assert decide(visit, eager, just_asked, rules_for(RULES, eager), NOW).reason is AskingReason.ASKED_RECENTLY


def test_earlier_questions_are_read_as_far_back_as_the_longest_limit_of_any_journey() -> None:
    plain = read_journey(SMALL, "small.toml")
    strict = plain.model_copy(update={"segments": (make_segment(nps_days=400),)})
    assert find_longest_wait(RULES, [plain]) == 90 * DAY
    assert find_longest_wait(RULES, [plain, strict]) == 400 * DAY


@pytest.mark.parametrize(
    ("of_settings", "of_segment", "of_survey", "promised"),
    [
        (4, {}, {}, 4),
        (4, {"per_month": 2}, {"per_month": 1}, 4),  # everybody else may be asked as the settings say
        (4, {"per_month": 6}, {}, 6),
        (4, {}, {"per_month": 9}, 9),
        (4, {"per_month": 0}, {}, 0),  # 0 is no limit, so no number can be promised
        (0, {}, {"per_month": 9}, 0),
    ],
)
def test_promise_of_how_often_holds_for_the_survey_that_may_ask_most(
    of_settings: int, of_segment: dict[str, int], of_survey: dict[str, int], promised: int
) -> None:
    survey = make_survey(limits=of_survey) if of_survey else PLAIN
    plain = read_journey(SMALL, "small.toml")
    busy = plain.model_copy(update={"segments": (make_segment(**of_segment),), "surveys": (survey,)})
    assert find_most_a_month(of_settings, [plain, busy]) == promised
