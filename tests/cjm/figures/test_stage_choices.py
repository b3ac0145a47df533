"""Reasons for not going on, and what people recall: apart from barriers, marked, and withheld like any answer."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from bot.texts import LANGUAGES, words_in
from cjm.figures.journey_map import (
    JourneyMap,
    LostReason,
    Period,
    RecalledChoice,
    RecalledOption,
    StageFigures,
)
from cjm.figures.map_builder import MapBuilder
from cjm.figures.map_json import map_as_json
from cjm.figures.period_figures import CountTable, PeriodFigures
from cjm.figures.score import RecallShare
from cjm.figures.tally import CounterSums
from cjm.journeys.journey_file import read_journey
from cjm.scales import Scale
from cjm.wording.stage_words import stage_lines
from tests.cjm.figures.scores import people_of_days
from tests.journeys import SMALL

FIND = 0
JOURNEY = read_journey(
    SMALL.replace(
        'text = "How did you feel?"', 'text = "How did you feel, looking back?"\nabout = "search"\nrecalled = true'
    )
    + """
[[surveys]]
key = "looking_back"
on = { enter = "use" }

[[surveys.questions]]
key = "first_heard"
kind = "choice"
text = "How did you first hear of us?"
about = "find"
recalled = true
options = [{ key = "ad", title = "An advert" }, { key = "friend", title = "A friend" }]

[[surveys]]
key = "hesitating"
on = { dwell = "find" }
questions = [{ key = "hesitation", kind = "choice", text = "What holds you back?", options = [
  { key = "price", title = "The price" }, { key = "time", title = "The time" } ] }]

[[surveys]]
key = "gone"
on = { exit = "find" }
questions = [{ key = "lost", kind = "choice", text = "What was the reason?", options = [
  { key = "price", title = "The price" }, { key = "other", title = "Something else" } ] }]
""",
    "small.toml",
)


def build(counts: Mapping[tuple[str, str], Mapping[str, int]], told: Mapping[str, int], people: int = 20) -> JourneyMap:
    table: CountTable = {key: {option: CounterSums(n) for option, n in each.items()} for key, each in counts.items()}
    everyone = people_of_days(Scale.EMOTION, [[[1]]] * people)
    choosers = {
        ("find", measure.removeprefix("choice:"), option): n
        for (_, measure), each in counts.items()
        for option, n in each.items()
    }
    builder = MapBuilder(
        journey=JOURNEY,
        language="en",
        minimum=5,
        as_of=datetime(2026, 11, 22, 12, tzinfo=UTC),
        current=PeriodFigures(table, {("find", "emotion"): everyone, ("search", "emotion"): everyone}),
        previous=PeriodFigures(),
        flow={},
        quotes=(),
        choosers=choosers,  # type: ignore[arg-type]  # a named tuple equals a plain one
        told_reasons={"find": told},
    )
    november, october = (Period(date(2026, month, 1), date(2026, month, 28)) for month in (11, 10))
    return builder.build_map(november, october, None, None)


def finding(journey_map: JourneyMap) -> StageFigures:
    return journey_map.stages[FIND]


def test_reasons_of_several_surveys_and_of_events_are_one_list_and_no_barriers() -> None:
    chosen = {
        ("find", "choice:hesitation"): {"price": 6, "time": 7},
        ("find", "choice:lost"): {"price": 8, "other": 3},
    }
    made = build(chosen, {"price": 5, "no stock": 9, "Mrs Smith": 1, "moved": 4})
    assert finding(made).lost_reasons == (
        LostReason("price", "The price", 6, 5),
        LostReason("no stock", "no stock", 0, 9),
        LostReason("time", "The time", 7, 0),
    )
    assert finding(made).barriers == ()


def test_a_reason_that_few_people_gave_is_told_nowhere() -> None:
    made = build({("find", "choice:lost"): {"price": 4}}, {"no stock": 4})
    assert finding(made).lost_reasons == ()


@pytest.mark.parametrize(("recalled", "share"), [(0, RecallShare.NONE), (5, RecallShare.PARTLY), (20, RecallShare.ALL)])
def test_a_score_says_whether_its_answers_are_recalled(recalled: int, share: RecallShare) -> None:
    stage = finding(build({("search", "emotion"): {"1": 20}, ("search", "recalled:emotion"): {"": recalled}}, {}))
    assert stage.scores[Scale.EMOTION].recalled is share
    assert stage.touchpoints[0].scores[Scale.EMOTION].recalled is share


def test_a_withheld_score_does_not_say_it() -> None:
    stage = finding(build({("search", "emotion"): {"1": 4}, ("search", "recalled:emotion"): {"": 4}}, {}, people=4))
    assert stage.scores[Scale.EMOTION].recalled is RecallShare.NONE


def test_recalled_choices_stand_with_their_question_and_are_no_barriers() -> None:
    made = build({("find", "choice:first_heard"): {"ad": 6, "friend": 9}}, {})
    options = (RecalledOption("friend", "A friend", 9), RecalledOption("ad", "An advert", 6))
    assert finding(made).recalled == (RecalledChoice("first_heard", "How did you first hear of us?", options),)
    assert finding(made).barriers == ()
    assert map_as_json(made)["stages"][FIND]["recalled"][0]["options"][0] == {
        "key": "friend", "title": "A friend", "n": 9,
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_a_stage_name_reasons_and_what_is_recalled(language: str) -> None:
    chosen = {
        ("find", "choice:lost"): {"price": 8},
        ("find", "choice:first_heard"): {"friend": 9},
        ("search", "emotion"): {"1": 20},
        ("search", "recalled:emotion"): {"": 20},
    }
    made, words = build(chosen, {"price": 5}), words_in(language)
    lines = list(stage_lines(finding(made), made, words))
    assert lines[0].endswith(words("map.recalled.all"))
    assert any("The price (8, " in line for line in lines)
    assert lines[-1] == words("map.recalled.choice", title="How did you first hear of us?", list="A friend (9)")
