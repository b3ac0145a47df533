"""Personas as a picture may show them, and the marks by which four of them are told apart without their colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cjm.drawing.canvas import Canvas
from cjm.drawing.curves import circle
from cjm.drawing.presentation import FigurePresentation, MapPresentation, present_score
from cjm.drawing.primitives import Layer, PathData, Point, Shape, Stroke
from cjm.drawing.theme import Theme
from cjm.figures.map_parts.persona_figures import PersonaFigures

MOST_CURVES = 4
"""Curves of one picture: more could not be told apart by their marks."""

_TRIANGLE = PathData.polygon(((0, -1.15), (1.1, 0.8), (-1.1, 0.8)))
_SQUARE = PathData.polygon(((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)))
_DIAMOND = PathData.polygon(((0, -1.25), (1.1, 0), (0, 1.25), (-1.1, 0)))
_SYMBOLS = (circle(0, 0, 1), _TRIANGLE, _SQUARE, _DIAMOND)
_DASHES: tuple[tuple[float, float] | None, ...] = (None, (22, 12), (3, 11), (44, 14))


@dataclass(frozen=True)
class PersonaCurve:
    """Curve of one persona; ``number`` chooses its symbol, dash and colour. ``figures`` has one for each stage."""

    persona: PersonaFigures
    number: int
    figures: tuple[FigurePresentation, ...]

    @property
    def dash(self) -> tuple[float, float] | None:
        return _DASHES[self.number]

    def colour(self, theme: Theme) -> str:
        """Return its colour, which is dark enough for text."""
        return (theme.better, theme.accent, theme.ink, theme.mood_texts[2])[self.number]

    @cached_property
    def runs(self) -> list[list[int]]:
        """Places of judged stages, grouped by neighbours: a curve has a gap where a stage is not judged."""
        runs: list[list[int]] = []
        for place, figure in enumerate(self.figures):
            if figure.is_judged and runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            elif figure.is_judged:
                runs.append([place])
        return runs

    def draw_symbol(self, canvas: Canvas, x: float, y: float, r: float, *, is_filled: bool = True) -> None:
        """Draw its symbol; a hollow one stands for a figure that is not judged."""
        colour = self.colour(canvas.theme)
        path = _SYMBOLS[self.number].transform(x, y, r)
        fill, rim = (colour, canvas.theme.paper) if is_filled else (canvas.theme.paper, colour)
        canvas.add(Shape(path, fill, Stroke(rim, 3)))

    def draw_line(self, canvas: Canvas, points: Sequence[Point], width: float) -> None:
        """Draw a line of its curve."""
        stroke = Stroke(self.colour(canvas.theme), width, self.dash, round=self.dash is None)
        canvas.line(points, stroke, Layer.PATH)

    def draw_interval(self, canvas: Canvas, one: Point, other: Point) -> None:
        """Draw the interval of one figure: a thin line with an end at each side."""
        stroke = Stroke(self.colour(canvas.theme), 3, round=False)
        is_level = one[1] == other[1]
        for x, y in (one, other):
            end = ((x, y - 7), (x, y + 7)) if is_level else ((x - 7, y), (x + 7, y))
            canvas.line(end, stroke, Layer.PATH)
        canvas.line((one, other), stroke, Layer.PATH)


def list_curves(presentation: MapPresentation) -> tuple[PersonaCurve, ...]:
    """Return the curves of the first personas that have a rule."""
    personas = [persona for persona in presentation.journey_map.personas if persona.has_rule][:MOST_CURVES]
    return tuple(PersonaCurve(persona, i, present_persona(presentation, persona)) for i, persona in enumerate(personas))


def present_persona(presentation: MapPresentation, persona: PersonaFigures) -> tuple[FigurePresentation, ...]:
    """Return the figures of a persona at each stage as they may be shown."""
    return tuple(present_score(persona.scores.get(stage.figures.key)) for stage in presentation.stages)
