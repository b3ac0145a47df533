"""The lane of amounts at stake: the worth of the walks that entered, and of those that did not go on."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.figures.map_parts.stage_facts import StageAmount


def has_amounts(presentation: MapPresentation) -> bool:
    return any(stage.figures.amount for stage in presentation.stages)


def draw_amounts(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the amount of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_amount)


def _write_amount(cell: Cell) -> None:
    """Write both sums, each with its number of walks, and a bar with the share that was lost."""
    amount, wall, words = cell.stage.figures.amount, cell.wall, cell.wall.words
    if amount is None:
        return
    cell.write(_sum_text(cell, amount.total, amount.unit), wall.typography.strong, wall.theme.ink, lines=2)
    cell.write_detail(words("map.walks", n=amount.n), indent=0)
    if amount.lost is None:
        cell.write_detail(words("map.lane.amount.withheld"), indent=0)
    elif amount.lost_n:
        _write_lost(cell, amount.lost, amount)


def _write_lost(cell: Cell, lost: float, amount: StageAmount) -> None:
    wall, words = cell.wall, cell.wall.words
    if 0 < lost <= amount.total:
        cell.draw_bar(((lost / amount.total, wall.theme.structure),), indent=0)
    text = words("map.lane.amount.lost", amount=_sum_text(cell, lost, amount.unit))
    cell.write_detail(f"{text}, {words('map.walks', n=amount.lost_n)}", indent=0)


def _sum_text(cell: Cell, amount: float, unit: str) -> str:
    """Return a sum without decimals, with its unit: "12 300 €"."""
    number = cell.wall.words.number(amount)
    return f"{number}\u00a0{unit}" if unit else number
