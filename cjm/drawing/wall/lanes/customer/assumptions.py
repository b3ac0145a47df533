"""Guesses that the team typed about touchpoints: marked as assumed, and written below what customers said."""

from collections.abc import Sequence

from cjm.drawing.captions import quote_text
from cjm.drawing.presentation import StagePresentation
from cjm.drawing.primitives import Box
from cjm.drawing.wall.cells import INDENT, ROW, Cell
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.map_parts.voice import Voice
from cjm.journeys.parts.touchpoint_status import TouchpointStatus

MOST_GUESSES = 4  # of a stage; the others are counted
MOST_LINES = 4  # of a quote or a guess


def live_texts(stage: StagePresentation) -> list[TypedTexts]:
    """Return the typed texts of the touchpoints that are there today: planned and removed ones say nothing of it."""
    return [typed for typed in stage.figures.typed if typed.status is TouchpointStatus.LIVE]


def write_guesses(cell: Cell, texts: Sequence[str]) -> None:
    """Write the team's guesses beside the mark of what is assumed, each once; those without room are counted.

    Each has its mark: one for all would leave open whether it holds for the next text.
    """
    wall, guesses = cell.wall, [*dict.fromkeys(filter(None, texts))]
    for guess in guesses[:MOST_GUESSES]:
        y = cell.write(guess, wall.typography.body, wall.theme.quiet, above=ROW - 3, indent=INDENT, lines=MOST_LINES)
        if y is not None:
            cell.draw_symbol("assumed", y, wall.theme.quiet)
    if len(guesses) > MOST_GUESSES:
        cell.write_detail(wall.words("map.more", n=len(guesses) - MOST_GUESSES))


def write_voice(cell: Cell, voice: Voice) -> None:
    """Write a customer's words beside the face of their score; a bar stands where they gave none."""
    wall = cell.wall
    text, style = quote_text(voice.text, wall.words), wall.typography.quote
    y = cell.write(text, style, wall.theme.quiet, indent=INDENT, above=ROW + 3, lines=MOST_LINES)
    if y is None or cell.y is None:
        return
    if voice.mood is None:
        wall.canvas.box(Box(cell.left + 8, y - 16, 4, cell.y - y + 22), 2, wall.theme.ghost)
    else:  # the face of who said it, where the other lanes have their symbols
        wall.canvas.face(cell.left + 10, y - 6, 10, voice.mood)
    if voice.recalled:
        cell.write_detail(wall.words("map.recalled.all"))


def voices_of_thoughts(stage: StagePresentation) -> tuple[Voice, ...]:
    """Return the quotes of the lane "thinks": all but the one that tells a feeling."""
    feeling = voice_of_feeling(stage)
    return tuple(voice for voice in stage.voices if voice is not feeling)


def voice_of_feeling(stage: StagePresentation) -> Voice | None:
    """Return the quote with the strongest mood, as no words stand twice; None where it would be the only one."""
    felt = [voice for voice in stage.voices if voice.mood is not None]
    if len(stage.voices) < 2 or not felt:
        return None
    return max(felt, key=lambda voice: abs((voice.mood or 0) - 2))
