"""The lane of voices: what customers say in their own words."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.lanes.customer.assumptions import write_voice
from cjm.drawing.wall.page import WallLayout

MOST_VOICES = 2


def has_voices(presentation: MapPresentation) -> bool:
    return any(stage.voices for stage in presentation.stages)


def draw_voices(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw up to ``MOST_VOICES`` of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_voices)


def _write_voices(cell: Cell) -> None:
    for voice in cell.stage.voices[:MOST_VOICES]:
        write_voice(cell, voice)
