"""The lane "does": what customers did, as they recall it, before what the team assumes."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.counted_texts import write_counted_texts
from cjm.drawing.wall.lanes.customer.assumptions import live_texts, write_guesses
from cjm.drawing.wall.page import WallLayout
from cjm.figures.journey_map import RecalledChoice

MOST_CHOICES, MOST_OPTIONS = 2, 2


def has_deeds(presentation: MapPresentation) -> bool:
    return any(
        stage.figures.recalled or any(typed.does for typed in live_texts(stage)) for stage in presentation.stages
    )


def draw_deeds(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw what customers do at each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_deeds)


def _write_deeds(cell: Cell) -> None:
    for choice in cell.stage.figures.recalled[:MOST_CHOICES]:
        _write_choice(cell, choice)
    write_guesses(cell, [typed.does for typed in live_texts(cell.stage)])


def _write_choice(cell: Cell, choice: RecalledChoice) -> None:
    """Write the options chosen most often with their counts, and the question that they answer from memory."""
    words = cell.wall.words
    options = sorted(choice.options, key=lambda option: -option.n)[:MOST_OPTIONS]
    rows = [(words("map.times", count=words.number(o.n)), o.title, "") for o in options if o.n and o.title]
    if rows:
        write_counted_texts(cell, rows)
        cell.write_detail(": ".join(filter(None, (words("map.recalled.all"), choice.title))))
