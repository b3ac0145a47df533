"""The lane of a future map: each target of a stage, and how much is missing."""

from cjm.drawing.kinds.plans import is_future
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import INDENT, ROW, Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.drawing.wall.target_marks import outcome_colour, outcome_symbol, target_text
from cjm.figures.map_parts.targets import TargetOutcome
from cjm.wording.kinds.gap_words import gap_text


def has_gaps(presentation: MapPresentation) -> bool:
    return is_future(presentation) and any(stage.targets for stage in presentation.stages)


def draw_gaps(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the targets of each stage with their gaps; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_gaps)


def _write_gaps(cell: Cell) -> None:
    wall, scale = cell.wall, cell.wall.presentation.journey_map.scale
    for target in cell.stage.targets:
        style = wall.typography.name if target.outcome is TargetOutcome.MISSED else wall.typography.body
        text = gap_text(target, scale, wall.words)
        y = cell.write(text, style, wall.theme.ink, above=ROW + 4, indent=INDENT)
        if y is not None:
            cell.draw_symbol(outcome_symbol(target.outcome), y, outcome_colour(target.outcome, wall.theme), 19)
        cell.write_detail(target_text(target, scale, wall.words))
