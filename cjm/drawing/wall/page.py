"""What every lane of the wall needs, and the wall's measures in pixels."""

from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.mood import Gauge
from cjm.drawing.primitives import Box, Layer
from cjm.drawing.reading import MapReading, StageReading
from cjm.drawing.theme import Theme, TypeScale
from cjm.drawing.words import DrawingWords

MARGIN = 48
LABEL = 150  # the room of a lane's name
FIRST = MARGIN + LABEL + 14
GAP = 28
NATURAL, NARROWEST = 1920, 1000
SLIMMEST, WIDEST = 238, 460  # of a column: below it texts break too often, above it a row falls apart
INDENT = 30  # an icon and its gap


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of the stages. A long journey makes the picture wider, never its texts smaller."""

    count: int
    width: float
    column: float

    def left(self, i: int) -> float:
        return FIRST + i * (self.column + GAP)

    def right(self, i: int) -> float:
        return self.left(i) + self.column

    def middle(self, i: int) -> float:
        return self.left(i) + self.column / 2

    @property
    def end(self) -> float:
        """The right edge of what is drawn."""
        return self.width - MARGIN


def columns(count: int) -> Columns:
    count = max(count, 1)
    rest = FIRST + MARGIN + GAP * (count - 1)
    column = min(max((NATURAL - rest) / count, SLIMMEST), WIDEST)
    column = max(column, (NARROWEST - rest) / count)
    width = rest + count * column
    return Columns(count, round(width), column)


@dataclass(frozen=True, slots=True)
class Wall:
    """The wall being laid out."""

    sheet: Canvas
    type: TypeScale
    reading: MapReading
    words: DrawingWords
    columns: Columns

    @property
    def stages(self) -> tuple[StageReading, ...]:
        return self.reading.stages

    @property
    def gauge(self) -> Gauge:
        return self.reading.gauge

    @property
    def theme(self) -> Theme:
        return self.sheet.theme

    def name(self, top: float, title: str, note: str = "", *, room: float = LABEL - 20) -> float:
        """The name of a lane and what its figures are; gives the lowest baseline."""
        y = top + 32
        lines = self.sheet.paragraph(MARGIN, y, title, self.type.name, self.theme.ink, room=room)
        y += (lines - 1) * self.type.name.line
        if note:
            y += 21
            lines = self.sheet.paragraph(MARGIN, y, note, self.type.small, self.theme.quiet, room=room, most=5)
            y += (lines - 1) * self.type.small.line
        return y

    def nothing(self, i: int, y: float) -> None:
        """A cell with nothing in it."""
        self.sheet.text(self.columns.left(i), y, "—", self.type.body, self.theme.quiet)

    def unknown(self, i: int, top: float, bottom: float) -> None:
        """A cell that is not judged."""
        self.sheet.hatch(
            Box(self.columns.left(i), top, self.columns.column, bottom - top), 14, 11, 1.8, layer=Layer.RULES
        )
