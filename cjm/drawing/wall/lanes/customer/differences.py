"""The lane of a difference map: what clearly differs in bold, and both sides' figures with their people."""

from cjm.drawing.captions import change_note, has_real_change, no_change_text
from cjm.drawing.kinds.other_side import side_texts
from cjm.drawing.presentation import FigurePresentation, MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.figures.journey_map import ChangeDirection
from cjm.wording.change_words import difference_text


def has_differences(presentation: MapPresentation) -> bool:
    sides = ((stage.headline, stage.other) for stage in presentation.stages)
    return any(other is not None and (headline.n or other.n) for headline, other in sides)


def draw_differences(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the verdict on each stage, this side's figure and the other's; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_difference)


def _write_difference(cell: Cell) -> None:
    wall, stage = cell.wall, cell.stage
    if stage.other is None:
        return
    if stage.headline.is_judged and has_real_change(stage):
        is_higher = stage.figures.change.direction is ChangeDirection.BETTER
        text = difference_text(stage.figures.change, wall.presentation.journey_map.scale, wall.words)
        colour = wall.theme.better if is_higher else wall.theme.accent
        cell.write_marked("up" if is_higher else "down", text, wall.typography.strong, wall.theme.ink, mark=colour)
    else:
        cell.write(no_change_text(stage, wall.words), wall.typography.body, wall.theme.quiet)
    cell.write_detail(change_note(stage, wall.words), indent=0.0)
    for icon, figure in (("this_side", stage.headline), ("other_side", stage.other)):
        _write_side(cell, icon, figure)


def _write_side(cell: Cell, icon: str, figure: FigurePresentation) -> None:
    wall = cell.wall
    value, detail = side_texts(wall.whole, figure, wall.words)
    colour = wall.theme.ink if cell.stage.stands_out else wall.theme.quiet
    style = wall.typography.strong if cell.stage.stands_out else wall.typography.body
    if value:
        cell.write_marked(icon, value, style, colour, mark=colour)
        cell.write_detail(detail)
    else:
        cell.write_marked(icon, detail, wall.typography.small, wall.theme.quiet)
