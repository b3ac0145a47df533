"""Words of a map's kind: its name, what it compares, and of a future map how far each target is."""

from collections.abc import Iterator
from dataclasses import replace

from cjm.figures.journey_map import JourneyMap, MapKind, StageFigures
from cjm.wording.kinds.contrast_words import contrast_lines
from cjm.wording.kinds.gap_words import gap_text
from cjm.wording.line_start import begin_line
from cjm.wording.plan_words import target_text
from cjm.wording.words import FigureWords


def kind_lines(journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield the name of the kind, unless it is a map of what was measured, the sides of a difference, and caveats."""
    if journey_map.kind is not MapKind.CURRENT:
        yield words(f"map.kind.{journey_map.kind}")
    yield from contrast_lines(journey_map, words)


def gap_lines(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield "At least 60% go on: 12 points missing" for each target of a stage."""
    for target in stage.targets:
        named = replace(target, key=target.key or journey_map.scale.value)
        yield begin_line(f"{target_text(named, words)}: {gap_text(target, journey_map.scale, words)}")
