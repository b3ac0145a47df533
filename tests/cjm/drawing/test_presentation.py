"""The presentation: what of a map may be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args

import pytest

from cjm.drawing.gauge import GAUGES
from cjm.drawing.presentation import FigureStatus, present_map, present_score
from cjm.figures.journey_map import Barrier, TouchpointFigures
from cjm.figures.map_parts.targets import TargetOutcome
from cjm.figures.map_parts.voice import Voice
from cjm.scales import Scale
from tests.cjm.drawing.maps import bike_shop, journey_map, score, share, stage, touchpoint

CSAT = GAUGES[Scale.CSAT]
UNDRAWABLE = "\x00\u202e"
# Keys are checked where the journey file is read; `channel` of a touchpoint is one of a fixed list.
KEY_FIELDS = ("key", "channel")


def with_undrawable_texts(value: Any) -> Any:
    """Return a stage, or a value inside of one, with characters that cannot be drawn in every text but keys."""
    if isinstance(value, tuple):
        return tuple(with_undrawable_texts(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for field in fields(value):
            if field.name not in KEY_FIELDS:
                item = getattr(value, field.name)
                is_missing_text = item is None and str in get_args(field.type)
                changes[field.name] = with_undrawable_texts("" if is_missing_text else item)
        return replace(value, **changes)
    return value + UNDRAWABLE if type(value) is str else value


def every_text(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from every_text(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from every_text(getattr(value, field.name))


@pytest.mark.parametrize(
    ("n", "status"),
    [
        (0, FigureStatus.NONE),
        (1, FigureStatus.WITHHELD),
        (4, FigureStatus.WITHHELD),
        (5, FigureStatus.GREY),
        (10, FigureStatus.JUDGED),
    ],
)
def test_how_much_is_said_of_a_figure_depends_on_how_many_answered(n: int, status: FigureStatus) -> None:
    assert present_score(share(70, n)).status is status


def test_missing_score_is_nobody_answered() -> None:
    assert present_score(None).status is FigureStatus.NONE


def test_figure_of_a_withheld_score_holds_no_value() -> None:
    found = present_score(replace(score(37, 20, 4), value=37.0, low=17.0, high=57.0))
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert found.mood(CSAT) is None


def test_score_without_a_value_is_withheld_whatever_its_verdict() -> None:
    assert present_score(replace(share(70, 90), value=None)).status is FigureStatus.WITHHELD


def test_runs_are_neighbours_that_are_judged() -> None:
    found = journey_map([stage(str(n), 70, n) for n in (60, 60, 8, 60, 0, 3, 60, 60)])
    assert present_map(found).judged_runs() == [[0, 1], [3], [6, 7]]


def test_weakest_is_the_stage_that_the_map_names_and_that_is_judged() -> None:
    stages = [stage("a", 47.4, 90), stage("b", 30, 90), stage("c", 20, 9)]
    for name, marked in ((None, []), ("a", ["a"]), ("b", ["b"]), ("c", [])):
        found = present_map(journey_map(stages, weakest=name))
        assert [s.figures.key for s in found.stages if s.is_weakest] == marked


@pytest.mark.parametrize(
    ("value", "outcome"), [(95, TargetOutcome.MET), (50, TargetOutcome.MISSED), (76, TargetOutcome.OPEN)]
)
def test_target_is_met_or_missed_only_when_the_whole_interval_says_so(value: float, outcome: TargetOutcome) -> None:
    assert present_map(journey_map([stage("a", value, 90)])).stages[0].target_outcome is outcome


def test_stage_without_a_target_has_no_outcome_and_one_that_is_not_judged_an_open_one() -> None:
    early = stage("a", 95, 9)
    found = present_map(journey_map([early, replace(early, target=None)]))
    assert [s.target_outcome for s in found.stages] == [TargetOutcome.OPEN, None]


def test_shared_target_is_one_target() -> None:
    one, other = stage("a", 70, 90), replace(stage("b", 70, 90), target=80.0)
    assert present_map(journey_map([one, one, replace(one, target=None)])).target == 75
    assert present_map(journey_map([one, other])).target is None


def test_axis_is_the_same_in_every_period_whatever_the_figures_are() -> None:
    weeks = [journey_map([stage("a", value, 400, 55), stage("b", 70, 400, 66)]) for value in (3, 64, 99)]
    assert {present_map(week).axis_range() for week in weeks} == {(0, 100)}


def quotes_of(*voices: Sequence[Voice]) -> list[list[str]]:
    found = present_map(journey_map([stage(str(i), 70, 90, voices=spoken) for i, spoken in enumerate(voices)]))
    return [[voice.text for voice in each.voices] for each in found.stages]


def test_quote_with_a_letter_that_no_font_has_is_not_chosen_and_emoji_give_way_to_words() -> None:
    voices = [Voice("ᏣᎳᎩ, thanks", 4), Voice("👍😀", 4), Voice("很好，谢谢", 4), Voice("", 1)]
    assert quotes_of(voices, voices[:2], voices[:1]) == [["很好，谢谢"], ["👍😀"], []]


def test_no_quote_stands_on_a_map_twice() -> None:
    one, same, other = Voice("Late!", 0), Voice("late", 1), Voice("Fine", 4)
    assert quotes_of([one, same], [same, other], [one]) == [["Late!"], ["Fine"], []]


def test_stage_that_is_withheld_quotes_nobody_and_names_no_barrier() -> None:
    found = present_map(
        journey_map([stage("a", 70, 4, barriers=[Barrier("late", 2)], voices=[Voice("Awful", 0)])])
    ).stages[0]
    assert found.voices == ()
    assert found.barriers == ()


def test_touchpoints_that_are_judged_come_lowest_first() -> None:
    look = stage(
        "a",
        70,
        90,
        touchpoints=[touchpoint("x", "site", 80, 40), touchpoint("y", "site", 60, 40), touchpoint("z", "site", 10, 9)],
    )
    assert [t.figures.title for t in present_map(journey_map([look])).stages[0].judged_touchpoints] == ["y", "x"]


def test_texts_are_clean_and_html_stays_as_it_was_typed() -> None:
    look = stage("De\x00liv\nery\u202e", 70, 90, goal="<b>now</b> \U0001f8ff &amp;")
    found = present_map(replace(journey_map([look]), title="\u200b", journey="bike"))
    assert found.journey_map.title == "bike"
    assert found.stages[0].figures.title == "De liv ery"
    assert found.stages[0].figures.goal == "<b>now</b> &amp;"


def test_every_text_of_a_stage_is_clean_in_the_presentation() -> None:
    """A field that somebody adds and forgets to clean would draw boxes, or turn the writing of a whole line around."""
    stages = [with_undrawable_texts(found) for found in bike_shop().stages]
    assert {type(found) for s in stages for found in (*s.touchpoints, *s.barriers, *s.voices)} == {
        TouchpointFigures, Barrier, Voice,
    }  # fmt: skip
    texts = list(every_text(present_map(journey_map(stages))))
    assert [text for text in texts if any(letter in text for letter in UNDRAWABLE)] == []
