"""Captions: the sentences and short texts that both layouts set beside figures."""

from cjm.drawing.gauge import Gauge
from cjm.drawing.presentation import FigurePresentation, MapPresentation, StagePresentation, TargetOutcome
from cjm.drawing.words import DrawingWords
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.scales import Scale


def change_text(change: FigureChange, scale: Scale, gauge: Gauge, words: DrawingWords) -> str:
    """ "11 points", or the bare difference for a mean."""
    size = abs(change.points or 0.0)
    if gauge.spec.decimals:
        return words.number(size, gauge.spec.decimals)
    kind = "share" if gauge.spec.is_percent else scale.value
    return words(f"map.points.{kind}" if words.has(f"map.points.{kind}") else "map.points", n=round(size))


def no_change_text(stage: StagePresentation, words: DrawingWords) -> str:
    """What is said where no pill may stand."""
    if stage.figures.change.direction is ChangeDirection.SAME:
        return words("map.change.same")
    if stage.figures.change.direction is ChangeDirection.UNKNOWN and stage.before is not None:
        return words("map.change.unknown")
    return ""


def has_real_change(stage: StagePresentation) -> bool:
    """Whether a pill may stand: a change beyond noise whose size is known."""
    return (
        stage.figures.change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)
        and stage.figures.change.points is not None
    )


def missing_answers_text(
    presentation: MapPresentation, figure: FigurePresentation, words: DrawingWords
) -> tuple[str, str]:
    """How many answered, and how many more are needed to judge."""
    if not figure.n:
        return words("map.none"), ""
    missing = presentation.journey_map.judge_from - figure.n
    return words("map.answers", n=figure.n), words("map.missing", n=missing) if missing > 0 else ""


def audience_text(figure: FigurePresentation, words: DrawingWords) -> tuple[str, str]:
    """ "120 people" and, when they answered more than once, "214 answers"."""
    answers = words("map.answers", n=figure.answers) if figure.answers != figure.n else ""
    return words("map.people", n=figure.n), answers


def targets_text(presentation: MapPresentation, words: DrawingWords) -> str:
    """Whether the journey's targets are met, in one line; empty when it has none."""
    goals = [stage.target_outcome for stage in presentation.stages if stage.target_outcome is not None]
    if not goals:
        return ""
    if all(goal is TargetOutcome.OPEN for goal in goals):
        return words("map.targets.open")
    if all(goal is TargetOutcome.MET for goal in goals):
        return words("map.targets.met")
    parts = [
        words(f"map.targets.some_{kind.value}", count=goals.count(kind)) for kind in TargetOutcome if kind in goals
    ]
    return words("map.targets.some", parts=" · ".join(parts))


def filter_text(presentation: MapPresentation, words: DrawingWords) -> str:
    """Which people and channel the map is about; empty when it is about all."""
    channel = presentation.journey_map.channel
    parts = [presentation.journey_map.segment_title or ""]
    if channel:
        key = f"map.channel.{channel}"
        parts.append(words(key) if words.has(key) else channel)
    return " · ".join(part for part in parts if part)


def quote_text(text: str, words: DrawingWords) -> str:
    return words("map.quote", text=text)
