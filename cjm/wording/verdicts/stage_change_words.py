"""A change of a stage in words, as a map has it: whose it is, until when, and its effect.

Pictures import this module, so it needs none of what judges a change.
"""

from datetime import date

from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_parts.changes import StageChange
from cjm.scales import Scale
from cjm.wording.change_words import size_text, span_text
from cjm.wording.words import FigureWords


def due_text(due: date | None, today: date, words: FigureWords) -> str:
    """Return "until 1 Dec"; empty without a day."""
    return words("map.lane.changes.due", day=words.days(due, due, now=today)) if due else ""


def stage_change_plan_text(change: StageChange, today: date, words: FigureWords) -> str:
    """Return whose a change of a map is, until when or since when, and whether another one was made at the same time.

    "Olga N., until 1 Dec"; of a change that was made "Olga N., made on 3 Nov, beside another change".
    """
    made = change.made_on
    day = words("map.lane.changes.made", day=words.days(made, made, now=today)) if made else None
    overlap = words("map.lane.changes.overlap") if change.has_overlap else ""
    return ", ".join(filter(None, (change.owner, day or due_text(change.due, today, words), overlap)))


def stage_change_line(change: StageChange, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return a change of a stage with its verdict as one line, for a description of a map."""
    plan = stage_change_plan_text(change, journey_map.as_of.date(), words)
    effect = stage_change_effect(change, journey_map.scale, words)
    return ", ".join(filter(None, (change.title, plan, words(f"map.lane.changes.{change.verdict}"), effect)))


def stage_change_effect(change: StageChange, scale: Scale, words: FigureWords) -> str:
    """Return the size of a proven effect, "11 points", or where few people answered its range; empty without one."""
    if change.points is None:
        return ""
    if change.is_small and change.low is not None and change.high is not None:
        return span_text(scale, change.low, change.high, words)
    return size_text(scale, change.points, words)
