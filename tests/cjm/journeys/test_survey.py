"""Surveys: triggers, lengths of time, conditions, texts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm import templates
from cjm.file_model import format_duration, parse_duration
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import Branch, QuestionKind, Survey, Trigger
from cjm.text import LocalizedText, clean_text, text_problem, visible_line

SHOP = read_journey(templates.text("shop"), "shop.toml")


def survey(key: str) -> Survey:
    found = SHOP.survey(key)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "length", "again"),
    [
        ("30m", timedelta(minutes=30), "30m"),
        ("90min", timedelta(minutes=90), "90m"),
        ("24 h", timedelta(days=1), "1d"),
        ("14d", timedelta(days=14), "2w"),
        ("0", timedelta(), "0"),
        (0, timedelta(), "0"),
    ],
)
def test_lengths_of_time_as_people_write_them(text: object, length: timedelta, again: str) -> None:
    assert parse_duration(text) == length
    assert format_duration(length) == again


@pytest.mark.parametrize("value", ["", "3", "-1d", "1.5h", "d", 5, 0.0, True, False, "٣d", "367d", "999999w", None])
def test_other_lengths_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"must be a number with|is too long"):
        parse_duration(value)


@given(st.integers(0, 365 * 24 * 60))
def test_a_length_is_read_as_it_was_written(minutes: int) -> None:
    assert parse_duration(format_duration(timedelta(minutes=minutes))) == timedelta(minutes=minutes)


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
def test_a_condition_holds_or_not(when: dict[str, object], answer: int | str | None, holds: bool) -> None:
    assert Branch.model_validate(when).holds(answer) is holds


def test_a_survey_knows_its_trigger_and_its_questions() -> None:
    assert Trigger(leave="purchase").kind == "leave"
    assert (survey("used").on.kind, survey("used").on.subject) == ("enter", "after_purchase")
    assert survey("recommend").has_nps
    assert not survey("used").has_nps
    barrier = survey("delivered").question("delivery_barrier")
    assert barrier is not None
    assert barrier.kind is QuestionKind.CHOICE
    assert barrier.kind.scale is None
    late = barrier.option("late")
    assert late is not None
    assert late.title.in_language("pl") == "Przyszło za późno"
    assert barrier.option("never") is None


def test_a_text_falls_back_to_what_there_is() -> None:
    assert LocalizedText({"": "x"}).in_language("ru") == "x"
    assert LocalizedText({"en": "a", "pl": "b"}).in_language("ru") == "a"
    assert LocalizedText({"pl": "b"}).in_language("ru") == "b"
    assert len({LocalizedText({"en": "a"}), LocalizedText({"en": "a"}), LocalizedText({"": "a"})}) == 2


@given(st.text())
def test_text_that_can_be_shown_stays_so_after_cleaning(text: str) -> None:
    if text_problem(text) is None:
        assert text_problem(clean_text(text)) is None
        assert clean_text(clean_text(text)) == clean_text(text)
        assert clean_text(clean_text(text, lines=True), lines=True) == clean_text(text, lines=True)
    assert all(c.isprintable() for c in visible_line(text, 20))
    assert len(visible_line(text, 20)) <= 20
