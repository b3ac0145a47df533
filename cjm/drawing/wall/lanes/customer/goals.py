"""The lane of goals: what the customer wants at each stage."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import MOST_LINES, Cell, draw_cells
from cjm.drawing.wall.page import WallLayout


def has_goals(presentation: MapPresentation) -> bool:
    return any(stage.figures.goal for stage in presentation.stages)


def draw_goals(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw each stage's goal; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_goal)


def _write_goal(cell: Cell) -> None:
    cell.write(cell.stage.figures.goal, cell.wall.typography.body, cell.wall.theme.ink, lines=MOST_LINES)
