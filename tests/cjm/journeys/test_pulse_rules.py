"""Surveys that ask without a visit: what their trigger needs, and how long their questions wait."""

from datetime import timedelta

import pytest

from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import Survey, TriggerKind
from tests.cjm.journeys.files import mistakes
from tests.journeys import SMALL

LEFT = 'on = { leave = "find" }'


def survey(on: str, more: str = "") -> Survey:
    return read_journey(SMALL.replace(LEFT, f"on = {{ {on} }}\n{more}"), "small.toml").surveys[2]


def test_a_pulse_and_a_survey_by_hand_are_about_a_stage_or_a_touchpoint() -> None:
    pulse, by_hand = survey('every_days = 90, about = "use"'), survey('by_hand = "pay"')
    assert (pulse.on.kind, pulse.on.subject, pulse.on.kind.has_visit) == (TriggerKind.PULSE, "use", False)
    assert (by_hand.on.kind, by_hand.on.subject, by_hand.on.kind.has_visit) == (TriggerKind.BY_HAND, "pay", False)


@pytest.mark.parametrize(
    ("on", "days"),
    [('every_days = 90, about = "use"', 14), ('every_days = 7, about = "use"', 3.5), ('by_hand = "use"', 7)],
)
def test_a_question_without_a_visit_waits_longer_than_one_about_a_visit(on: str, days: float) -> None:
    assert survey(on).greatest_age == timedelta(days=days)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("every_days = 90", 'on: every_days needs about = "…", the stage or touchpoint that is asked about'),
        (
            'touchpoint = "pay", about = "use"',
            'on.about: belongs to every_days, such as { every_days = 90, about = "loyalty" }',
        ),
        ('every_days = 90, about = "sear"', 'on.about: there is no stage or touchpoint "sear"; did you mean "search"?'),
        ('by_hand = "sendd"', None),
        ('every_days = 6, about = "use"', "on.every_days: must be at least 7"),
        ('every_days = "90d", about = "use"', None),
    ],
)
def test_a_wrong_trigger_is_one_mistake(on: str, sentence: str | None) -> None:
    (mistake,) = mistakes(SMALL.replace(LEFT, f"on = {{ {on} }}"))
    assert "surveys.left.on" in mistake
    if sentence is not None:
        assert mistake.endswith(f"surveys.left.{sentence}")


def test_a_question_that_would_wait_into_the_next_period_is_a_mistake() -> None:
    (mistake,) = mistakes(SMALL.replace(LEFT, 'on = { every_days = 30, about = "use" }\ngreatest_age = "31d"'))
    assert mistake.endswith("greatest_age: must not be longer than every_days: one question ends before the next")
    assert survey('every_days = 30, about = "use"', 'greatest_age = "30d"').greatest_age == timedelta(days=30)
