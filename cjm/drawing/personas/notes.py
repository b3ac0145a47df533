"""Notes below the curves of personas: what their marks mean, and who is not among them."""

from collections.abc import Iterator, Sequence

from cjm.drawing.personas.present import MOST_CURVES
from cjm.drawing.presentation import FigurePresentation, FigureStatus, MapPresentation
from cjm.wording.line_start import begin_line
from cjm.wording.words import FigureWords


def compare_notes(
    presentation: MapPresentation, figures: Sequence[FigurePresentation], words: FigureWords
) -> Iterator[str]:
    """Yield what is missing, the meaning of the marks that occur, and the personas that have no curve."""
    journey_map = presentation.journey_map
    if not any(figure.is_visible for figure in figures):
        yield from journey_map.notes
    if any(figure.is_visible for figure in figures):
        yield words(f"map.meaning.{presentation.gauge.scale}")
    if any(figure.status is FigureStatus.GREY for figure in figures):
        yield words("persona.legend.hollow")
    if any(figure.status is FigureStatus.WITHHELD for figure in figures):
        yield begin_line(words("map.legend.withheld", n=journey_map.minimum))
    if without := [persona.title for persona in journey_map.personas if not persona.has_rule]:
        yield words("persona.without_rule", list=", ".join(without))
    others = [persona.title for persona in journey_map.personas if persona.has_rule][MOST_CURVES:]
    if others:
        yield words("persona.others", list=", ".join(others))
    if any(figure.is_visible for figure in figures):
        yield words("persona.legend.line")
