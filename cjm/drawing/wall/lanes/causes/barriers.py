"""The lane of barriers: what stood in the way, and how many customers named it."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.counted_texts import write_counted_texts
from cjm.drawing.wall.page import WallLayout


def has_barriers(presentation: MapPresentation) -> bool:
    return any(stage.barriers for stage in presentation.stages)


def draw_barriers(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the barriers of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_barriers)


def _write_barriers(cell: Cell) -> None:
    words = cell.wall.words
    write_counted_texts(cell, [(words("map.times", count=words.number(b.n)), b.theme, "") for b in cell.stage.barriers])
