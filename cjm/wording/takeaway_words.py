"""The one sentence that matters about a map: what is proven, and what to do next.

A stage's title stands before a colon, as the team wrote it: no language declines it.
"""

from cjm.figures.findings.takeaway import Takeaway, TakeawayKind, find_takeaway
from cjm.figures.journey_map import JourneyMap, MapKind, StageFigures
from cjm.wording.change_words import (
    compared_days,
    has_contradiction,
    has_range_first,
    size_text,
    span_text,
    within_text,
)
from cjm.wording.day.day_words import day_sentence
from cjm.wording.figure_words import figure_number, figure_text
from cjm.wording.line_start import begin_line
from cjm.wording.step_words import recommendation_text
from cjm.wording.words import FigureWords


def takeaway_text(journey_map: JourneyMap, words: FigureWords) -> str:
    """Return "After purchase: 16 points lower than before. Next step: …"; empty while no stage is judged.

    Of a day it says which part of it stands out.
    """
    if journey_map.kind is MapKind.DAY:
        return day_sentence(journey_map, words)
    return " ".join(takeaway_sentences(journey_map, words))


def takeaway_sentences(journey_map: JourneyMap, words: FigureWords) -> list[str]:
    """Return what is proven and what to do next, a sentence each; nothing while no stage is judged."""
    takeaway = find_takeaway(journey_map)
    if takeaway is None:
        return []
    is_named = takeaway.stage is not None and takeaway.stage.key == takeaway.next_step.subject
    step = recommendation_text(takeaway.next_step, words, is_place_named=is_named)
    return [_finding_text(takeaway, journey_map, words), f"{words('digest.next')} {step}"]


def _finding_text(takeaway: Takeaway, journey_map: JourneyMap, words: FigureWords) -> str:
    key, stage = f"map.takeaway.{takeaway.kind}", takeaway.stage
    if stage is None:
        side = journey_map.contrast.other_title if journey_map.contrast else ""
        return words(key, side=side) if takeaway.kind is TakeawayKind.NO_OTHER_SIDE else words(key)
    if takeaway.kind is TakeawayKind.CHANGE:
        return begin_line(_change_sentence(stage, journey_map, words))
    value = stage.scores[journey_map.scale].value or 0.0
    figures = {"figure": figure_text(journey_map.scale, value, words)}
    if takeaway.kind is TakeawayKind.MISSED_TARGET:
        figures["target"] = figure_number(journey_map.scale, stage.target or 0.0, words)
    return begin_line(words(key, title=stage.title, **figures))


def _change_sentence(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return "After purchase: 16 points lower than before.", and where it was measured if the mix moved."""
    change, scale = stage.change, journey_map.scale
    points = change.points or 0.0
    if has_range_first(change) and change.low is not None and change.high is not None:
        size = span_text(scale, change.low, change.high, words)
    else:
        size = size_text(scale, points, words)
    difference = words(f"map.change.{'higher' if points > 0 else 'lower'}", size=size)
    if contrast := journey_map.contrast:
        sides = {"side": contrast.title, "other": contrast.other_title}
        return words("map.takeaway.contrast", title=stage.title, difference=difference, **sides)
    if _has_moved_mix(stage, journey_map):
        return words(
            "map.takeaway.change.within", title=stage.title, difference=difference, where=within_text(change, words)
        )
    return words("map.takeaway.change", title=stage.title, difference=difference)


def _has_moved_mix(stage: StageFigures, journey_map: JourneyMap) -> bool:
    """Return whether the plain figures tell another change, so that the sentence must say where it was measured."""
    now, before = stage.scores.get(journey_map.scale), stage.before.get(journey_map.scale)
    if stage.change.mix is not None:
        return True
    if now is None or before is None or compared_days(journey_map).now != journey_map.period:
        return False
    return has_contradiction(stage.change, journey_map.scale, now.value, before.value)
