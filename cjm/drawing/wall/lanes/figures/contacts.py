"""The lane of contacts: complaints and visits to support.

Each is a rate where there are enough visits or customers for one, else a count: "50 per 100" of two misleads.
"""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import INDENT, Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.drawing.wall.target_marks import write_targets
from cjm.figures.map_parts.targets import TargetSubject


def has_contacts(presentation: MapPresentation) -> bool:
    return any(stage.figures.complaints or stage.figures.support for stage in presentation.stages)


def draw_contacts(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw complaints and support contacts of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_contacts)


def _write_contacts(cell: Cell) -> None:
    figures, words = cell.stage.figures, cell.wall.words
    judge_from = cell.wall.presentation.journey_map.judge_from
    if figures.complaints and figures.visits >= judge_from:
        rate = words.number(100 * figures.complaints / figures.visits, 1)
        _write_rate(cell, "complaint", rate, words("map.complaint_rate"))
    elif figures.complaints:
        _write_count(cell, "complaint", words("map.complaints", n=figures.complaints))
    per_100 = figures.support_per_100
    if figures.support and per_100 is not None and figures.customers >= judge_from:
        _write_rate(cell, "support", words.number(per_100, 1), words("map.support_rate"))
    elif figures.support:
        _write_count(cell, "support", words("map.support", n=figures.support))
    write_targets(cell, TargetSubject.SUPPORT)


def _write_rate(cell: Cell, icon: str, rate: str, unit: str) -> None:
    """Write a rate and its unit in one line, or in more where the unit is long."""
    wall, y = cell.wall, cell.next_baseline()
    cell.draw_symbol(icon, y, wall.theme.ink)
    taken = INDENT + 7 + wall.canvas.text(cell.left + INDENT, y, rate, wall.typography.name, wall.theme.ink)
    cell.write(unit, wall.typography.small, wall.theme.quiet, above=0, indent=taken, lines=4)


def _write_count(cell: Cell, icon: str, text: str) -> None:
    cell.write_marked(icon, text, cell.wall.typography.small, cell.wall.theme.ink, mark=cell.wall.theme.ink)
