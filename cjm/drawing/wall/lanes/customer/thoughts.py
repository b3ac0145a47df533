"""The lane "thinks": a customer's own words before what the team assumes."""

from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.lanes.customer.assumptions import (
    live_texts,
    voices_of_thoughts,
    write_guesses,
    write_voice,
)
from cjm.drawing.wall.page import WallLayout

MOST_VOICES = 2


def has_thoughts(presentation: MapPresentation) -> bool:
    return any(map(_has_thoughts, presentation.stages))


def _has_thoughts(stage: StagePresentation) -> bool:
    return bool(voices_of_thoughts(stage)) or any(typed.thinks for typed in live_texts(stage))


def draw_thoughts(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw quotes and guesses of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_thoughts)


def _write_thoughts(cell: Cell) -> None:
    for voice in voices_of_thoughts(cell.stage)[:MOST_VOICES]:
        write_voice(cell, voice)
    write_guesses(cell, [typed.thinks for typed in live_texts(cell.stage)])
