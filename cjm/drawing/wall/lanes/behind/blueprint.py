"""The lanes of the service blueprint: what staff do in front of customers and behind, and with what systems."""

from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.lanes.customer.assumptions import live_texts
from cjm.drawing.wall.page import WallLayout
from cjm.figures.map_parts.typed_texts import TypedTexts

MOST_TEXTS = 6  # of a stage; the others are counted
MOST_SYSTEM_LINES = 12  # of all systems of a stage


def has_frontstage(presentation: MapPresentation) -> bool:
    return any(typed.frontstage for stage in presentation.stages for typed in live_texts(stage))


def has_backstage(presentation: MapPresentation) -> bool:
    return any(typed.backstage for stage in presentation.stages for typed in live_texts(stage))


def has_systems(presentation: MapPresentation) -> bool:
    return any(typed.systems for stage in presentation.stages for typed in live_texts(stage))


def draw_frontstage(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw what staff do in front of customers; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, lambda cell: _write_texts(cell, _pair_texts(cell.stage, "frontstage")))


def draw_backstage(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw what staff do where no customer sees it; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, lambda cell: _write_texts(cell, _pair_texts(cell.stage, "backstage")))


def draw_systems(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw each system once a stage, one after another; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_systems)


def _write_systems(cell: Cell) -> None:
    texts = [text for _, text in _pair_texts(cell.stage, "systems")]
    style, ink = cell.wall.typography.body, cell.wall.theme.ink
    cell.write(", ".join(texts[:MOST_TEXTS]), style, ink, lines=MOST_SYSTEM_LINES)
    if len(texts) > MOST_TEXTS:
        cell.write_detail(cell.wall.words("map.more", n=len(texts) - MOST_TEXTS), indent=0)


def _pair_texts(stage: StagePresentation, name: str) -> list[tuple[str, str]]:
    """Return (touchpoint, text), each text once; a touchpoint is named where the stage has several texts."""
    found: dict[str, TypedTexts] = {}
    for typed in live_texts(stage):
        if text := getattr(typed, name):
            found.setdefault(text, typed)
    return [(typed.title if len(found) > 1 else "", text) for text, typed in found.items()]


def _write_texts(cell: Cell, texts: list[tuple[str, str]]) -> None:
    wall = cell.wall
    for title, text in texts[:MOST_TEXTS]:
        cell.write(title, wall.typography.small, wall.theme.quiet, lines=3)
        cell.write(text, wall.typography.body, wall.theme.ink, above=24 if title else 29, lines=5)
    if len(texts) > MOST_TEXTS:
        cell.write_detail(wall.words("map.more", n=len(texts) - MOST_TEXTS), indent=0)
