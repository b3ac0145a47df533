"""Marks of targets: met, not met and "cannot tell yet", told apart by their outlines, beside the target in words."""

from collections.abc import Callable

from cjm.drawing.gauge import GAUGES
from cjm.drawing.kinds.plans import is_future
from cjm.drawing.theme import Theme
from cjm.drawing.wall.cells import INDENT, ROW, Cell
from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome, TargetSubject
from cjm.scales import Scale
from cjm.wording.words import FigureWords

_SYMBOLS = {TargetOutcome.MET: "met", TargetOutcome.MISSED: "missed", TargetOutcome.OPEN: "open"}


def outcome_symbol(outcome: TargetOutcome) -> str:
    """Return the symbol of an outcome."""
    return _SYMBOLS[outcome]


def outcome_colour(outcome: TargetOutcome, theme: Theme) -> str:
    """Return the colour of an outcome, which its symbol says too."""
    return {TargetOutcome.MET: theme.better, TargetOutcome.MISSED: theme.accent, TargetOutcome.OPEN: theme.quiet}[
        outcome
    ]


def write_targets(cell: Cell, *subjects: TargetSubject, key: str | None = None, above: float = ROW - 3) -> None:
    """Write the stage's targets of these subjects, each beside the mark of its outcome; ``key`` names a measure.

    A future map has a lane for all of them.
    """
    if is_future(cell.wall.presentation):
        return
    for target in cell.stage.targets:
        if target.subject in subjects and key in (None, target.key):
            wall = cell.wall
            text = target_text(target, wall.presentation.journey_map.scale, wall.words)
            y = cell.write(text, wall.typography.small, wall.theme.ink, above=above, indent=INDENT, lines=3)
            if y is not None:
                colour = outcome_colour(target.outcome, wall.theme)
                cell.draw_symbol(outcome_symbol(target.outcome), y, colour, 19)


def target_text(target: TargetFigure, headline: Scale, words: FigureWords) -> str:
    """Return "target: at least 75%"; a scale that is not the map's headline scale is named."""
    side = "least" if target.is_least else "most"
    value = words(f"map.lane.target.{side}", value=_VALUE_TEXTS[target.subject](target, headline, words))
    if target.subject is TargetSubject.SCORE and target.key not in ("", headline):
        return f"{value} ({words(f'map.scale.{target.key}')})"
    return value


def _score_text(target: TargetFigure, headline: Scale, words: FigureWords) -> str:
    return GAUGES[Scale(target.key) if target.key else headline].format_figure(target.target, words)


def quantity_text(value: float, unit: str, words: FigureWords) -> str:
    """Return a measured number to three digits with its unit: "12.5 min"; no line break divides the two."""
    most = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    digits = next(digits for digits in range(most + 1) if digits == most or round(value, digits) == round(value, most))
    return f"{words.number(value, digits)}\u00a0{unit}" if unit else words.number(value, digits)


_VALUE_TEXTS: dict[TargetSubject, Callable[[TargetFigure, Scale, FigureWords], str]] = {
    TargetSubject.SCORE: _score_text,
    TargetSubject.CONVERSION: lambda target, _, words: words.percent(target.target / 100),
    TargetSubject.TIME: lambda target, _, words: words.short_duration(target.target),
    TargetSubject.SUPPORT: lambda target, _, words: quantity_text(target.target, "", words),
    TargetSubject.MEASURE: lambda target, _, words: quantity_text(target.target, target.unit, words),
}
