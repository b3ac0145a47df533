"""The lane of reasons for not going on: chosen by customers, and reported by events."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.counted_texts import write_counted_texts
from cjm.drawing.wall.page import WallLayout
from cjm.figures.journey_map import LostReason
from cjm.wording.words import FigureWords


def has_lost_reasons(presentation: MapPresentation) -> bool:
    return any(stage.figures.lost_reasons for stage in presentation.stages)


def draw_lost_reasons(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the reasons of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_reasons)


def _write_reasons(cell: Cell) -> None:
    write_counted_texts(cell, [_reason_row(reason, cell.wall.words) for reason in cell.stage.figures.lost_reasons])


def _reason_row(reason: LostReason, words: FigureWords) -> tuple[str, str, str]:
    """Return count, reason and detail; where nobody chose it, the count is that of the events."""
    times = words("map.times", count=words.number(reason.n or reason.events))
    if not reason.events:
        return times, reason.title, ""
    if not reason.n:
        return times, reason.title, words("map.lane.lost_reasons.reported")
    return times, reason.title, words("map.lane.lost_reasons.also_reported", count=words.number(reason.events))
