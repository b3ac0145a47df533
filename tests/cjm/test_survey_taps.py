"""One tap is enough: what the surveys of the templates ask of content and of unhappy customers."""

from pathlib import Path

import pytest

from cjm import templates
from cjm.journeys.survey import QuestionKind, Survey
from tests.cjm.survey_taps import list_surveys, list_ways, make_table

PAGE = Path(__file__).parents[2] / "docs" / "journey.md"
SURVEYS = [pytest.param(s, id=f"{name}-{s.key}") for name in templates.names() for s in list_surveys(name)]


@pytest.mark.parametrize("survey", SURVEYS)
def test_a_content_customer_taps_once_and_is_offered_one_question_more_at_most(survey: Survey) -> None:
    ways = [way for way in list_ways(survey) if way.is_content]
    assert ways
    assert max(way.taps + way.texts for way in ways) <= 2


@pytest.mark.parametrize("survey", SURVEYS)
def test_an_unhappy_customer_taps_three_times_at_most_and_writes_once(survey: Survey) -> None:
    unhappy = [way for way in list_ways(survey) if way.is_unhappy]
    assert all(way.taps <= 3 and way.texts <= 1 for way in unhappy)


@pytest.mark.parametrize("survey", SURVEYS)
def test_the_first_question_stands_for_itself(survey: Survey) -> None:
    first = survey.questions[0]
    assert first.kind is not QuestionKind.TEXT
    assert first.when is None
    # Its text begins no list and refers to no other question.
    assert not any(text.startswith(("And ", "А ", "A ")) for text in first.text.root.values())


def test_the_docs_tell_the_same_numbers() -> None:
    assert make_table() in PAGE.read_text(encoding="utf-8"), "uv run python -m tests.cjm.survey_taps"
