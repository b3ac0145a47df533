"""The one sentence that matters: proven, with its next step, the same on every picture and in the caption."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from bot.texts import LANGUAGES, words_in
from cjm.figures.findings.recommendation import recommend
from cjm.figures.findings.takeaway import TakeawayKind, find_takeaway
from cjm.figures.journey_map import ChangeDirection, FigureChange, JourneyMap, StageFigures
from cjm.figures.score import Verdict
from cjm.wording.takeaway_words import takeaway_sentences, takeaway_text
from tests.cjm.drawing.kind_maps import difference_of_periods, difference_of_segments
from tests.cjm.drawing.maps import (
    bike_shop,
    journey_map,
    maps,
    shop_with_other_answers,
    stage,
    without_answers,
)
from tests.depth import choose_depth

WORSE, BETTER, SAME, UNKNOWN = (
    ChangeDirection.WORSE, ChangeDirection.BETTER, ChangeDirection.SAME, ChangeDirection.UNKNOWN,
)  # fmt: skip


def changed(direction: ChangeDirection, points: float | None = None, title: str = "Pay") -> StageFigures:
    """Return a judged stage without a target and barriers."""
    return replace(stage(title, 70, 90), target=None, change=FigureChange(direction, points))


def with_directions(direction: ChangeDirection) -> JourneyMap:
    found = bike_shop()
    return replace(found, stages=tuple(replace(s, change=FigureChange(direction)) for s in found.stages))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            (
                "After purchase: 16 points lower than in the period before. "
                "Next step: take care of “Late, and nobody called”: named 31 times."
            ),
        ),
        (
            "ru",
            (
                "After purchase: на 16 п. п. ниже, чем за прошлый период. "
                "Что сделать теперь: заняться главной помехой — «Late, and nobody called» (назвали 31 раз)."
            ),
        ),
        (
            "pl",
            (
                "After purchase: o 16 p.p. niżej niż w poprzednim okresie. "
                "Następny krok: zająć się główną przeszkodą – „Late, and nobody called” (wskazano 31 razy)."
            ),
        ),
    ],
)
def test_greatest_fall_comes_first_and_the_step_is_about_it(language: str, text: str) -> None:
    assert takeaway_text(bike_shop(), words_in(language)).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("journey", "says"),
    [
        (with_directions(SAME), "After purchase: the weakest stage, 47% satisfied."),
        (
            replace(with_directions(SAME), weakest=None),
            "After purchase: 47% satisfied, target 75% not met.",
        ),
        (journey_map([changed(BETTER, 9.0), changed(SAME)]), "Pay: 9 points higher than in the period before."),
        (
            journey_map([changed(BETTER, 30.0), changed(WORSE, -6.0, "Use")]),
            "Use: 6 points lower than in the period before.",
        ),
        (journey_map([changed(SAME)]), "No change beyond chance."),
        (journey_map([changed(UNKNOWN)]), "Too early to tell what changed."),
        (
            shop_with_other_answers(),
            "Consideration: 15 points lower at the same touchpoints than in the period before.",
        ),
        (
            journey_map([replace(changed(WORSE), change=FigureChange(WORSE, -28, -50, -6, is_small=True))]),
            "Pay: 6–50 points lower than in the period before.",
        ),
    ],
)
def test_takeaway_is_the_first_of_what_is_proven(journey: JourneyMap, says: str) -> None:
    first, second = takeaway_sentences(journey, words_in("en"))
    assert first.replace("\u2009", "") == says
    assert second.startswith("Next step: ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("difference", "side"),
    [(difference_of_periods(), "27 Oct – 23 Nov 2024"), (difference_of_segments(), "Customers in town")],
)
def test_difference_whose_other_side_has_no_answers_says_only_that(
    difference: JourneyMap, side: str, language: str
) -> None:
    stages = tuple(replace(each, before={}, change=FigureChange(UNKNOWN)) for each in difference.stages)
    words = words_in(language)
    first, _ = takeaway_sentences(replace(difference, stages=stages), words)
    assert first == words("map.takeaway.no_other_side", side=side)
    assert side in first
    assert side not in takeaway_sentences(difference, words)[0] or "(" in takeaway_sentences(difference, words)[0]


@pytest.mark.parametrize("journey", [without_answers(bike_shop()), journey_map([stage("Pay", 20, 7)])])
def test_map_without_a_judged_stage_has_no_takeaway(journey: JourneyMap) -> None:
    assert takeaway_text(journey, words_in("en")) == ""


@settings(max_examples=choose_depth(4, 300), deadline=None)
@given(maps())
def test_takeaway_never_speaks_about_a_stage_that_is_not_judged(journey: JourneyMap) -> None:
    takeaway = find_takeaway(journey)
    if takeaway is None:
        return
    assert takeaway.next_step == recommend(journey)
    if takeaway.stage is not None:
        assert takeaway.stage.scores[journey.scale].verdict is Verdict.OK
    if takeaway.kind is TakeawayKind.WEAKEST:
        assert takeaway.stage is not None
        assert takeaway.stage.key == journey.weakest
    for language in LANGUAGES:
        assert len(takeaway_sentences(journey, words_in(language))) == 2
