"""The lane of voices: what customers say in their own words."""

from cjm.drawing.captions import quote_text
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box
from cjm.drawing.wall.page import INDENT, WallLayout

MOST_VOICES = 2
MOST_LINES = 4  # of one


def has_voices(presentation: MapPresentation) -> bool:
    return any(stage.voices for stage in presentation.stages)


def draw_voices(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw up to ``MOST_VOICES`` of each stage; return where the next lane begins."""
    bottom = name_bottom
    for i, stage in enumerate(wall.stages):
        y = top + 34.0
        for voice in stage.voices[:MOST_VOICES]:
            style, left = wall.typography.quote, wall.columns.left_edge(i)
            text = quote_text(voice.text, wall.words)
            room = wall.columns.column_width - INDENT
            lines = wall.canvas.paragraph(
                left + INDENT, y, text, style, wall.theme.quiet, max_width=room, max_lines=MOST_LINES
            )
            if voice.mood is None:
                wall.canvas.box(Box(left + 8, y - 16, 4, 22 + (lines - 1) * style.line), 2, wall.theme.ghost)
            else:  # the face of who said it, where the other lanes have their symbols
                wall.canvas.face(left + 10, y - 5.5, 9.5, voice.mood)
            y += (lines - 1) * style.line
            bottom = max(bottom, y)
            y += 34
        if not stage.voices:
            wall.draw_empty_cell(i, y)
    return bottom + 26
