"""Sheet of a day in landscape: what its parts are placed on, and the columns of the parts of the day."""

from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.day.present import ShownPart
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.slide.page import WIDTH
from cjm.drawing.theme import Theme, Typography
from cjm.figures.day.day_figures import DayFigures
from cjm.wording.words import FigureWords

GUTTER = 28


@dataclass(frozen=True, slots=True)
class DaySheet:
    """Picture being laid out. ``unit`` is the size of its body text: all distances are multiples of it."""

    canvas: Canvas
    presentation: MapPresentation
    words: FigureWords
    parts: list[ShownPart]
    typography: Typography
    margin: float
    names: float  # width of the names of lanes at the left

    @property
    def theme(self) -> Theme:
        return self.canvas.theme

    @property
    def unit(self) -> float:
        return self.typography.body.px

    @property
    def right(self) -> float:
        return WIDTH - self.margin

    @property
    def left(self) -> float:
        return self.margin + self.names

    @property
    def column(self) -> float:
        return (self.right - self.left) / max(1, len(self.parts))

    @property
    def text_width(self) -> float:
        return self.column - GUTTER

    @property
    def day(self) -> DayFigures:
        day = self.presentation.journey_map.day
        assert day is not None  # a part of the day belongs to one
        return day

    def x(self, part: ShownPart) -> float:
        """Return the left edge of a column's texts."""
        return self.left + part.place * self.column
