"""The wall being laid out, its columns and rows, and its measures in pixels."""

from dataclasses import dataclass

from cjm.drawing.map_page import MapPage
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer

WALL_MARGIN = 48
NAME_ROOM = 150  # of a lane's name
FIRST = WALL_MARGIN + NAME_ROOM + 30  # the left edge of the first column
GAP = 28  # between columns
NATURAL, NARROWEST = 1920, 1000  # widths of the picture: a full screen, and the least for head and legend
WIDEST = 460  # of a column: above it a row falls apart
MOST_IN_ROW = 6  # stages: more columns would be too slim for texts that are read at a width of 1600
BASELINE = 31  # from the top of a lane to its first baseline
AIR = 20  # from the last baseline of a lane to the next one


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of the stages of one row, in pixels from the left."""

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
    """Return columns for a row of so many stages, as wide as the screen allows up to ``WIDEST``."""
    count = max(count, 1)
    rest = FIRST + WALL_MARGIN + GAP * (count - 1)
    # Few stages would leave a narrow picture, in which head and legend do not fit: then columns exceed WIDEST.
    column = max(min((NATURAL - rest) / count, WIDEST), (NARROWEST - rest) / count)
    return Columns(count, round(rest + count * column), column)


def split_rows(count: int) -> list[range]:
    """Return the places of the stages of each row: as few rows as ``MOST_IN_ROW`` allows, about equally long."""
    rows = max(1, -(-count // MOST_IN_ROW))
    length = -(-count // rows)
    return [range(first, min(first + length, count)) for first in range(0, max(count, 1), max(length, 1))]


@dataclass(frozen=True, slots=True)
class WallLayout(MapPage):
    """Wall being laid out, or one row of it.

    ``presentation`` has the stages of the row, ``whole`` those of all rows; ``first`` is the place of the row's first
    stage among them. Head and legend are laid out with all stages in both.
    """

    columns: Columns
    whole: MapPresentation
    first: int = 0

    @property
    def row_right(self) -> float:
        """The right edge of the row's last stage."""
        return self.columns.right_edge(len(self.stages) - 1)

    @property
    def is_continued(self) -> bool:
        """True if further stages follow in another row."""
        return self.first + len(self.stages) < len(self.whole.stages)

    def draw_lane_name(self, top: float, title: str, note: str = "", *, room: float) -> float:
        """Draw the name of a lane and the note on its figures; return the last baseline."""
        y = top + BASELINE
        lines = self.canvas.paragraph(WALL_MARGIN, y, title, self.typography.name, self.theme.ink, max_width=room)
        y += (lines - 1) * self.typography.name.line
        if note:
            y += 23
            lines = self.canvas.paragraph(
                WALL_MARGIN, y, note, self.typography.small, self.theme.quiet, max_width=room, max_lines=6
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
