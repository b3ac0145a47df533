"""The lane "thinks": customers' own words and what they recall, before what the team assumes.

What they chose from memory, such as what almost stopped them, stands below the question that they were asked later.
"""

from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.counted_texts import write_counted_texts
from cjm.drawing.wall.lanes.customer.assumptions import (
    live_texts,
    voices_of_thoughts,
    write_guesses,
    write_voice,
)
from cjm.drawing.wall.page import WallLayout
from cjm.figures.journey_map import RecalledChoice

MOST_VOICES = 2
MOST_CHOICES, MOST_OPTIONS = 2, 2


def has_thoughts(presentation: MapPresentation) -> bool:
    return any(map(_has_thoughts, presentation.stages))


def is_any_thought_typed(presentation: MapPresentation) -> bool:
    return any(typed.thinks for stage in presentation.stages for typed in live_texts(stage))


def _has_thoughts(stage: StagePresentation) -> bool:
    typed = any(typed.thinks for typed in live_texts(stage))
    return typed or bool(voices_of_thoughts(stage) or stage.figures.recalled)


def draw_thoughts(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw quotes and guesses of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_thoughts)


def _write_thoughts(cell: Cell) -> None:
    for voice in voices_of_thoughts(cell.stage)[:MOST_VOICES]:
        write_voice(cell, voice)
    for choice in cell.stage.figures.recalled[:MOST_CHOICES]:
        _write_choice(cell, choice)
    write_guesses(cell, [typed.thinks for typed in live_texts(cell.stage)])


def _write_choice(cell: Cell, choice: RecalledChoice) -> None:
    """Write the question that was answered from memory, and the options chosen most often with their counts."""
    words = cell.wall.words
    options = sorted(choice.options, key=lambda option: -option.n)[:MOST_OPTIONS]
    rows = [(words("map.times", count=words.number(o.n)), o.title, "") for o in options if o.n and o.title]
    if rows:
        question = ": ".join(filter(None, (words("map.recalled.all"), choice.title)))
        cell.write_marked("recalled", question, cell.wall.typography.small, cell.wall.theme.quiet)
        write_counted_texts(cell, rows)
