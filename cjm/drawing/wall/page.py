"""The wall being laid out, its columns, and its measures in pixels."""

from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.gauge import Gauge
from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.primitives import Box, Layer
from cjm.drawing.theme import Theme, Typography
from cjm.wording.words import FigureWords

WALL_MARGIN = 48
NAME_ROOM = 130  # of a lane's name
FIRST = WALL_MARGIN + NAME_ROOM + 34  # the left edge of the first column
GAP = 28  # between columns
NATURAL, NARROWEST = 1920, 1000  # widths of the picture: a full screen, and the least for head and legend
SLIMMEST, WIDEST = 238, 460  # of a column: below it texts break too often, above it a row falls apart
INDENT = 30  # an icon and its gap


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of the stages, in pixels from the left. More stages make the picture wider, never its texts smaller."""

    count: int
    width: float
    column_width: float

    def left_edge(self, i: int) -> float:
        """Return the left edge of stage ``i``."""
        return FIRST + i * (self.column_width + GAP)

    def right_edge(self, i: int) -> float:
        return self.left_edge(i) + self.column_width

    def centre(self, i: int) -> float:
        return self.left_edge(i) + self.column_width / 2

    @property
    def content_right(self) -> float:
        """The right edge of the last column; only the ground of the weakest stage reaches beyond it."""
        return self.width - WALL_MARGIN


def make_columns(count: int) -> Columns:
    """Return columns for so many stages, as wide as the screen allows within ``SLIMMEST`` and ``WIDEST``."""
    count = max(count, 1)
    rest = FIRST + WALL_MARGIN + GAP * (count - 1)
    # Few stages would leave a narrow picture, in which head and legend do not fit: then columns exceed WIDEST.
    column = min(max((NATURAL - rest) / count, SLIMMEST), WIDEST)
    column = max(column, (NARROWEST - rest) / count)
    width = rest + count * column
    return Columns(count, round(width), column)


@dataclass(frozen=True, slots=True)
class WallLayout:
    """Wall being laid out."""

    canvas: Canvas
    typography: Typography
    presentation: MapPresentation
    words: FigureWords
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
        """Draw the name of a lane and the note on its figures; return the last baseline."""
        y = top + 32
        lines = self.canvas.paragraph(WALL_MARGIN, y, title, self.typography.name, self.theme.ink, max_width=room)
        y += (lines - 1) * self.typography.name.line
        if note:
            y += 21
            lines = self.canvas.paragraph(
                WALL_MARGIN, y, note, self.typography.small, self.theme.quiet, max_width=room, max_lines=5
            )
            y += (lines - 1) * self.typography.small.line
        return y

    def draw_empty_cell(self, i: int, y: float) -> None:
        """Draw the dash of a cell without content."""
        self.canvas.text(self.columns.left_edge(i), y, "—", self.typography.body, self.theme.quiet)

    def draw_unjudged_cell(self, i: int, top: float, bottom: float) -> None:
        """Draw the hatching of a cell that is not judged."""
        self.canvas.hatch(
            Box(self.columns.left_edge(i), top, self.columns.column_width, bottom - top), 14, 11, 1.8, layer=Layer.RULES
        )
