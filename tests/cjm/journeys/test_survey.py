"""Surveys: their triggers, greatest age and branches."""

from datetime import timedelta

import pytest

from cjm import templates
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import Branch, QuestionKind, Survey, Trigger, TriggerKind

SHOP = read_journey(templates.text("shop"), "shop.toml")


def survey(key: str) -> Survey:
    found = SHOP.find_survey(key)
    assert found is not None
    return found


def test_the_greatest_age_is_a_day_more_than_the_delay_by_default() -> None:
    assert survey("first_look").greatest_age == timedelta(hours=25)
    assert survey("delivered").greatest_age == timedelta(hours=18)


@pytest.mark.parametrize(
    ("when", "answer", "holds"),
    [
        ({"of": "q"}, None, False),
        ({"of": "q"}, 0, True),
        ({"of": "q"}, "late", True),
        ({"of": "q", "at_most": 2}, 2, True),
        ({"of": "q", "at_most": 2}, 3, False),
        ({"of": "q", "at_least": 9}, 8, False),
        ({"of": "q", "at_least": 9, "at_most": 9}, 9, True),
        ({"of": "q", "is": ("late",)}, "late", True),
        ({"of": "q", "is": ("late",)}, "damaged", False),
    ],
)
def test_a_branch_is_asked_only_if_its_condition_holds(
    when: dict[str, object], answer: int | str | None, holds: bool
) -> None:
    assert Branch.model_validate(when).holds(answer) is holds


def test_a_survey_knows_its_trigger_and_its_questions() -> None:
    assert Trigger(leave="purchase").kind is TriggerKind.LEAVE
    assert (survey("used").on.kind, survey("used").on.subject) == (TriggerKind.ENTER, "after_purchase")
    assert survey("recommend").has_nps
    assert not survey("used").has_nps


def test_a_question_finds_its_options() -> None:
    barrier = survey("delivered").find_question("delivery_barrier")
    assert barrier is not None
    assert barrier.kind is QuestionKind.CHOICE
    assert barrier.kind.scale is None
    late = barrier.find_option("late")
    assert late is not None
    assert late.title.in_language("pl") == "Przyszło za późno"
    assert barrier.find_option("never") is None
