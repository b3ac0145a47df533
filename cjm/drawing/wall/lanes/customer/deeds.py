"""The lane "does": what the team assumes that customers do."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.lanes.customer.assumptions import live_texts, write_guesses
from cjm.drawing.wall.page import WallLayout


def has_deeds(presentation: MapPresentation) -> bool:
    return any(typed.does for stage in presentation.stages for typed in live_texts(stage))


def draw_deeds(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw what customers do at each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_deeds)


def _write_deeds(cell: Cell) -> None:
    write_guesses(cell, [typed.does for typed in live_texts(cell.stage)])
