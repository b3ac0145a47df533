"""Texts such as barriers, with how often each was chosen."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align
from cjm.drawing.wall.cells import INDENT, Cell

MOST_ROWS = 4


def write_counted_texts(cell: Cell, rows: Sequence[tuple[str, str, str]]) -> None:
    """Write up to ``MOST_ROWS`` of (count, text, detail): counts right-aligned, texts at one edge right of them."""
    wall, shown = cell.wall, rows[:MOST_ROWS]
    name, body = wall.typography.name, wall.typography.body
    widest = max((wall.canvas.text_width(count, name) for count, _, _ in shown), default=0.0)
    indent = max(INDENT, widest + 10)
    for count, text, detail in shown:
        y = cell.write(text, body, wall.theme.ink, indent=indent)
        if y is not None:
            wall.canvas.text(cell.left + indent - 10, y, count, name, wall.theme.ink, align=Align.RIGHT)
        if detail:
            cell.write_detail(detail, indent=indent)
