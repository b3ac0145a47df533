"""What every lane of the wall needs, and the wall's measures in pixels."""

from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.gauge import Gauge
from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.primitives import Box, Layer
from cjm.drawing.theme import Theme, Typography
from cjm.drawing.words import DrawingWords

MARGIN = 48
NAME_ROOM = 130  # of a lane's name
FIRST = MARGIN + NAME_ROOM + 34  # the left edge of the first column
GAP = 28
NATURAL, NARROWEST = 1920, 1000
SLIMMEST, WIDEST = 238, 460  # of a column: below it texts break too often, above it a row falls apart
INDENT = 30  # an icon and its gap


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of the stages. A long journey makes the picture wider, never its texts smaller."""

    count: int
    width: float
    column_width: float

    def left_edge(self, i: int) -> float:
        return FIRST + i * (self.column_width + GAP)

    def right_edge(self, i: int) -> float:
        return self.left_edge(i) + self.column_width

    def centre(self, i: int) -> float:
        return self.left_edge(i) + self.column_width / 2

    @property
    def content_right(self) -> float:
        """The right edge of what is drawn."""
        return self.width - MARGIN


def make_columns(count: int) -> Columns:
    count = max(count, 1)
    rest = FIRST + MARGIN + GAP * (count - 1)
    column = min(max((NATURAL - rest) / count, SLIMMEST), WIDEST)
    column = max(column, (NARROWEST - rest) / count)
    width = rest + count * column
    return Columns(count, round(width), column)


@dataclass(frozen=True, slots=True)
class WallLayout:
    """The wall being laid out."""

    canvas: Canvas
    typography: Typography
    presentation: MapPresentation
    words: DrawingWords
    columns: Columns

    @property
    def stages(self) -> tuple[StagePresentation, ...]:
        return self.presentation.stages

    @property
    def gauge(self) -> Gauge:
        return self.presentation.gauge

    @property
    def theme(self) -> Theme:
        return self.canvas.theme

    def draw_lane_name(self, top: float, title: str, note: str = "", *, room: float) -> float:
        """The name of a lane and what its figures are; gives the lowest baseline."""
        y = top + 32
        lines = self.canvas.paragraph(MARGIN, y, title, self.typography.name, self.theme.ink, room=room)
        y += (lines - 1) * self.typography.name.line
        if note:
            y += 21
            lines = self.canvas.paragraph(MARGIN, y, note, self.typography.small, self.theme.quiet, room=room, most=5)
            y += (lines - 1) * self.typography.small.line
        return y

    def draw_empty_cell(self, i: int, y: float) -> None:
        """A cell with nothing in it."""
        self.canvas.text(self.columns.left_edge(i), y, "—", self.typography.body, self.theme.quiet)

    def draw_unjudged_cell(self, i: int, top: float, bottom: float) -> None:
        """A cell that is not judged."""
        self.canvas.hatch(
            Box(self.columns.left_edge(i), top, self.columns.column_width, bottom - top), 14, 11, 1.8, layer=Layer.RULES
        )
