"""The lane "feels": the quote with the strongest mood before what the team assumes."""

from collections.abc import Iterator

from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.lanes.customer.assumptions import (
    live_texts,
    voice_of_feeling,
    write_guesses,
    write_voice,
)
from cjm.drawing.wall.page import WallLayout


def has_feelings(presentation: MapPresentation) -> bool:
    return any(map(_has_feelings, presentation.stages))


def is_any_feeling_typed(presentation: MapPresentation) -> bool:
    return any(typed.feels is not None for stage in presentation.stages for typed in live_texts(stage))


def _has_feelings(stage: StagePresentation) -> bool:
    return voice_of_feeling(stage) is not None or any(typed.feels is not None for typed in live_texts(stage))


def draw_feelings(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw quote and guesses of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_feelings)


def _write_feelings(cell: Cell) -> None:
    if voice := voice_of_feeling(cell.stage):
        write_voice(cell, voice)
    write_guesses(cell, list(_feeling_texts(cell)))


def _feeling_texts(cell: Cell) -> Iterator[str]:
    """Yield "disappointed: Delivery day, Help" for each feeling; where all touchpoints have one, the feeling alone."""
    places: dict[int, list[str]] = {}
    for each in live_texts(cell.stage):
        if each.feels is not None:
            places.setdefault(each.feels, []).append(each.title)
    for value, titles in places.items():
        feeling, named = cell.wall.words(f"chat.emotion.{value}"), ", ".join(filter(None, titles))
        yield f"{feeling}: {named}" if len(places) > 1 and named else feeling
