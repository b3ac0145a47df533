"""Captions: the sentences and short texts that both layouts set beside figures."""

from cjm.drawing.gauge import Gauge
from cjm.drawing.presentation import FigurePresentation, MapPresentation, StagePresentation, TargetOutcome
from cjm.drawing.words import DrawingWords
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.scales import Scale


def change_text(change: FigureChange, scale: Scale, gauge: Gauge, words: DrawingWords) -> str:
    """Return the size of a change: "11 points", or the bare difference of a mean."""
    size = abs(change.points or 0.0)
    if gauge.spec.decimals:
        return words.number(size, gauge.spec.decimals)
    kind = "share" if gauge.spec.is_percent else scale.value
    return words(f"map.points.{kind}" if words.has(f"map.points.{kind}") else "map.points", n=round(size))


def no_change_text(stage: StagePresentation, words: DrawingWords) -> str:
    """Return the words for a stage without a proven change; empty when there is no figure before."""
    if stage.figures.change.direction is ChangeDirection.SAME:
        return words("map.change.same")
    if stage.figures.change.direction is ChangeDirection.UNKNOWN and stage.before is not None:
        return words("map.change.unknown")
    return ""


def has_real_change(stage: StagePresentation) -> bool:
    """Return whether the stage changed beyond noise, by a known size: only then a badge may be drawn."""
    return (
        stage.figures.change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)
        and stage.figures.change.points is not None
    )


def missing_answers_text(
    presentation: MapPresentation, figure: FigurePresentation, words: DrawingWords
) -> tuple[str, str]:
    """Return how many answered, and how many more answers are needed to judge."""
    if not figure.n:
        return words("map.none"), ""
    missing = presentation.journey_map.judge_from - figure.n
    return words("map.answers", n=figure.n), words("map.missing", n=missing) if missing > 0 else ""


def audience_text(figure: FigurePresentation, words: DrawingWords) -> tuple[str, str]:
    """Return "120 people" and, when some answered more than once, "214 answers"."""
    answers = words("map.answers", n=figure.answers) if figure.answers != figure.n else ""
    return words("map.people", n=figure.n), answers


def targets_text(presentation: MapPresentation, words: DrawingWords) -> str:
    """Return in one line how many targets are met, missed or open; empty when the journey has none."""
    outcomes = [stage.target_outcome for stage in presentation.stages if stage.target_outcome is not None]
    if not outcomes:
        return ""
    if all(outcome is TargetOutcome.OPEN for outcome in outcomes):
        return words("map.targets.open")
    if all(outcome is TargetOutcome.MET for outcome in outcomes):
        return words("map.targets.met")
    parts = [
        words(f"map.targets.some_{kind.value}", count=outcomes.count(kind))
        for kind in TargetOutcome
        if kind in outcomes
    ]
    return words("map.targets.some", parts=" · ".join(parts))


def filter_text(presentation: MapPresentation, words: DrawingWords) -> str:
    """Return the segment and the channel that the map is limited to; empty when it is about everyone."""
    channel = presentation.journey_map.channel
    parts = [presentation.journey_map.segment_title or ""]
    if channel:
        key = f"map.channel.{channel}"
        parts.append(words(key) if words.has(key) else channel)
    return " · ".join(part for part in parts if part)


def quote_text(text: str, words: DrawingWords) -> str:
    """Return a customer's words in the quotation marks of the map's language."""
    return words("map.quote", text=text)
