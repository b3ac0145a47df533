"""Words of the recommended next step: the same in a digest, in a caption and on a picture."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from cjm.figures.findings.recommendation import Recommendation, RecommendationKind
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.wording.change_words import difference_text, has_range_first, points_text
from cjm.wording.words import FigureWords

if TYPE_CHECKING:  # it needs pydantic, which no picture should wait for
    from cjm.figures.findings.comparisons import SignificantChange


def recommendation_text(
    recommendation: Recommendation,
    words: FigureWords,
    changes: Sequence["SignificantChange"] = (),
    *,
    is_place_named: bool = False,
) -> str:
    """Return the recommended step as a sentence; ``changes`` are those that it may be about.

    ``is_place_named`` says that the sentence before is about the stage already, so a barrier does not repeat it.
    """
    values: dict[str, object] = {"title": recommendation.title, "barrier": recommendation.barrier}
    if recommendation.n is not None:
        values["n"] = recommendation.n
    if recommendation.days is not None:
        values["time"] = words.duration(timedelta(days=recommendation.days))
    if recommendation.rate is not None:
        values["rate"] = words.percent(recommendation.rate)
    if recommendation.scale is not None and recommendation.points is not None:
        values["change"] = _change_to_look_at(recommendation, words, changes)
    return words(_step_key(recommendation, is_place_named=is_place_named), **values)


def _step_key(recommendation: Recommendation, *, is_place_named: bool) -> str:
    key = f"digest.step.{recommendation.kind}"
    if recommendation.kind is RecommendationKind.ANSWER_CASES and recommendation.n == 1:
        return f"{key}.one"
    return f"{key}.here" if is_place_named and recommendation.kind is RecommendationKind.FIX_BARRIER else key


def _change_to_look_at(
    recommendation: Recommendation, words: FigureWords, changes: Sequence["SignificantChange"]
) -> str:
    """Return the size of the change that a recommendation is about, as the line about it does."""
    about = (recommendation.subject, recommendation.scale)
    found = next((each for each in changes if (each.subject, each.scale) == about), None)
    change = found.change if found else FigureChange(ChangeDirection.WORSE, recommendation.points)
    scale = recommendation.scale
    assert scale is not None
    if not has_range_first(change):
        return points_text(scale, recommendation.points or 0.0, words)
    return difference_text(change, scale, words)
