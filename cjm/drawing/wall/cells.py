"""Cells of the wall: texts of one stage in one lane, written below each other."""

from collections.abc import Callable

from cjm.drawing.canvas import Align
from cjm.drawing.presentation import StagePresentation
from cjm.drawing.primitives import Box, Layer
from cjm.drawing.theme import FontStyle
from cjm.drawing.wall.page import AIR, BASELINE, WallLayout

INDENT = 32  # a symbol and its gap
ROW = 29  # pixels from one item to the next
DETAIL = 24  # pixels from an item to the small text below it
BAR = 6  # height of a bar
MOST_LINES = 5  # of a text that people typed: 60 characters in a slim column


class Cell:
    """Cell being written: each text stands below the last one.

    ``y`` is the last baseline, None while the cell is empty.
    """

    def __init__(self, wall: WallLayout, place: int, top: float) -> None:
        self.wall = wall
        self.place = place
        self.stage: StagePresentation = wall.stages[place]
        self.left = wall.columns.left_edge(place)
        self.right = wall.columns.right_edge(place)
        self.width = wall.columns.column_width
        self.y: float | None = None
        self._first = top + BASELINE

    def next_baseline(self, above: float = ROW) -> float:
        """Move to the next baseline and return it; ``above`` is its distance from the last one."""
        self.y = self._first if self.y is None else self.y + above
        return self.y

    def write(
        self,
        text: str,
        style: FontStyle,
        colour: str,
        *,
        above: float = ROW,
        indent: float = 0.0,
        lines: int = MOST_LINES,
        room: float | None = None,
    ) -> float | None:
        """Write a text in up to so many lines; return its first baseline. An empty text is left out."""
        if not text:
            return None
        y = self.next_baseline(above)
        room = self.width - indent if room is None else room
        written = self.wall.canvas.paragraph(
            self.left + indent, y, text, style, colour, max_width=room, max_lines=lines
        )
        self.y = y + max(written - 1, 0) * style.line
        return y

    def write_detail(self, text: str, *, indent: float = INDENT, lines: int = 4) -> None:
        """Write a small text below an item."""
        self.write(text, self.wall.typography.small, self.wall.theme.quiet, above=DETAIL, indent=indent, lines=lines)

    def write_marked(self, icon: str, text: str, style: FontStyle, colour: str, *, mark: str = "") -> None:
        """Write a text beside a symbol; ``mark`` is the symbol's colour, by default that of second texts."""
        y = self.write(text, style, colour, indent=INDENT)
        if y is not None:
            self.draw_symbol(icon, y, mark or self.wall.theme.quiet)

    def draw_symbol(self, icon: str, y: float, colour: str, size: float = 20) -> None:
        self.wall.canvas.icon(icon, self.left + 10, y - 6, size, colour)

    def compare(self, label: str, figure: str, *, icon: str = "", colour: str = "") -> None:
        """Write a label at the left and its figure at the right edge, where figures of a lane are compared."""
        wall, colour = self.wall, colour or self.wall.theme.ink
        style, strong = wall.typography.body, wall.typography.name
        indent = INDENT if icon else 0.0
        y = self.next_baseline()
        if icon:
            self.draw_symbol(icon, y, colour)
        taken = wall.canvas.text(self.right, y, figure, strong, colour, align=Align.RIGHT, max_width=0.62 * self.width)
        room = self.width - indent - taken - 12
        lines = wall.canvas.paragraph(self.left + indent, y, label, style, colour, max_width=room, max_lines=MOST_LINES)
        self.y = y + max(lines - 1, 0) * style.line

    def draw_bar(self, parts: tuple[tuple[float, str], ...], *, indent: float = INDENT, above: float = 13) -> None:
        """Draw shares (0 … 1) of the room one after another in their colours, on a track of the whole room."""
        top = self.next_baseline(above + BAR) - BAR
        canvas, x, room = self.wall.canvas, self.left + indent, self.width - indent
        canvas.box(Box(x, top, room, BAR), BAR / 2, self.wall.theme.rule, layer=Layer.RULES)
        for share, colour in parts:
            width = min(max(share, 0.0), 1.0) * room
            if width >= 1:
                # A share of one in a hundred is still seen as a dot, and ends where the room ends.
                shown = min(max(width, BAR), self.right - x)
                canvas.box(Box(x, top, shown, BAR), BAR / 2, colour)
                x += width


def draw_cells(wall: WallLayout, top: float, name_bottom: float, draw_cell: Callable[[Cell], None]) -> float:
    """Draw the cell of each stage, a dash where it has nothing to say; return where the next lane begins.

    ``name_bottom`` is the last baseline of the lane's name, which may reach below the cells.
    """
    bottom = name_bottom
    for i in range(len(wall.stages)):
        cell = Cell(wall, i, top)
        draw_cell(cell)
        if cell.y is None:
            wall.draw_empty_cell(i, top + BASELINE)
        else:
            bottom = max(bottom, cell.y)
    return bottom + AIR
