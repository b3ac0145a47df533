"""The lane of responsibles: who answers for which touchpoints, and where a hand-over costs satisfaction."""

from collections.abc import Iterator
from itertools import groupby

from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.wall.cells import DETAIL, INDENT, ROW, Cell, draw_cells
from cjm.drawing.wall.lanes.customer.assumptions import live_texts
from cjm.drawing.wall.page import WallLayout
from cjm.figures.map_parts.hand_overs import HandOver
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.wording.change_words import span_text


def has_responsibles(presentation: MapPresentation) -> bool:
    return any(typed.responsible for stage in presentation.stages for typed in live_texts(stage))


def draw_responsibles(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw who is responsible, in the order of the touchpoints; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_responsibles)


def _write_responsibles(cell: Cell) -> None:
    hand_overs = {each.to_key: each for each in cell.wall.presentation.journey_map.hand_overs}
    for name, touchpoints in _group_texts(cell.stage):
        hand_over = hand_overs.get(touchpoints[0].key)
        falls = hand_over is not None and hand_over.falls
        accent = cell.wall.theme.accent if falls else cell.wall.theme.quiet
        _write_name(cell, "handover" if hand_over else "person", name, accent)
        cell.write_detail(", ".join(dict.fromkeys(typed.title for typed in touchpoints if typed.title)))
        if hand_over is not None and falls:
            _write_fall(cell, hand_over)


def _group_texts(stage: StagePresentation) -> Iterator[tuple[str, list[TypedTexts]]]:
    """Yield each responsible with the touchpoints that follow each other."""
    named = [typed for typed in live_texts(stage) if typed.responsible]
    for name, touchpoints in groupby(named, key=lambda typed: typed.responsible):
        yield name, list(touchpoints)


def _write_name(cell: Cell, icon: str, name: str, colour: str) -> None:
    y = cell.write(name, cell.wall.typography.name, cell.wall.theme.ink, above=ROW + 5, indent=INDENT)
    if y is not None:
        cell.draw_symbol(icon, y, colour)


def _write_fall(cell: Cell, hand_over: HandOver) -> None:
    """Write by how much the score falls at a hand-over, as a range: one touchpoint has few answers."""
    wall = cell.wall
    if hand_over.low is None or hand_over.high is None:
        return
    size = span_text(wall.presentation.journey_map.scale, hand_over.low, hand_over.high, wall.words)
    text = wall.words("map.lane.responsible.falls", size=size)
    y = cell.write(text, wall.typography.small_strong, wall.theme.accent, above=DETAIL + 2, indent=INDENT)
    if y is not None:
        wall.canvas.icon("down", cell.left + 10, y - 6, 18, wall.theme.accent, weight=2.8)
