"""The table [diary] of a journey file: what it may name, where it is not allowed, and how its changes are told."""

import pytest

from cjm.errors import JourneyError
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.diary_question import DIARY_SURVEY, DiaryQuestion
from cjm.journeys.versions.comparison import compare_journeys
from tests.journeys import SMALL

UNASKED = "has no survey, so nobody would be invited; name a survey, or a touchpoint that has one"


def read(diary: str, journey: str = SMALL) -> Journey:
    return read_journey(f"{journey}\n[diary]\n{diary}\n", "small.toml")


def list_mistakes(diary: str, journey: str = SMALL) -> list[str]:
    with pytest.raises(JourneyError) as error:
        read(diary, journey)
    return [str(mistake) for mistake in error.value.mistakes]


@pytest.mark.parametrize(("after", "subject", "surveys"), [("box", "open", ["box"]), ("pay", "pay", ["payment"])])
def test_people_are_invited_after_a_survey_or_a_touchpoint(after: str, subject: str, surveys: list[str]) -> None:
    journey = read(f'invite_after = "{after}"')
    assert [survey.key for survey in journey.surveys if journey.invites_after(survey)] == surveys
    survey = journey.find_survey(DIARY_SURVEY)
    assert survey is not None
    assert survey.on.subject == subject
    assert [question.key for question in survey.questions] == [question.key for question in DiaryQuestion]
    assert not journey.invites_after(survey), "nobody is invited by the diary itself"


@pytest.mark.parametrize(
    ("diary", "mistakes"),
    [
        ("days = 3", ["diary.invite_after: is missing"]),
        ('invite_after = "bxo"', ['diary.invite_after: there is no survey or touchpoint "bxo"; did you mean "box"?']),
        (
            'invite_after = "search"',
            [f'diary.invite_after: "search" {UNASKED}'],
        ),
        ('invite_after = "box"\ndays = 15', ["diary.days: must be at most 14"]),
        ('invite_after = "box"\ntimes_a_day = 0', ["diary.times_a_day: must be at least 1"]),
        ('invite_after = "box"\ndayz = 2', ["diary.dayz: is not a key of the diary; did you mean days?"]),
        ('invite_after = "box"\ndoing = { en = "What?", ru = "" }', ["diary.doing.ru: is empty"]),
    ],
)
def test_each_mistake_is_told_at_its_key(diary: str, mistakes: list[str]) -> None:
    assert list_mistakes(diary) == mistakes


def test_an_anonymous_journey_has_no_diary() -> None:
    anonymous = SMALL.replace('key = "small"', 'key = "small"\nanonymous = true', 1)
    (mistake,) = list_mistakes('invite_after = "box"', anonymous)
    assert mistake.startswith("diary: is not allowed in an anonymous journey")


def test_changes_of_a_diary_are_told_and_a_renamed_place_is_none() -> None:
    old, without = read('invite_after = "pay"'), read_journey(SMALL, "small.toml")

    def told(before: Journey, after: Journey) -> list[tuple[str, str, str, str]]:
        entries = [each for each in compare_journeys(before, after).entries if each.path == "diary"]
        return [(each.type, each.field, each.before, each.after) for each in entries]

    assert told(without, old) == [("added", "", "", "")]
    assert told(old, without) == [("removed", "", "", "")]
    assert told(old, read('invite_after = "pay"\ndays = 5')) == [("changed", "days", "3", "5")]
    renamed = SMALL.replace('{ key = "pay", ', '{ key = "paid", was = ["pay"], ').replace(
        'touchpoint = "pay"', 'touchpoint = "paid"'
    )
    assert told(old, read('invite_after = "paid"', renamed)) == []
