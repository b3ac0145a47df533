"""The lane of voices: what customers say in their own words."""

from cjm.drawing.captions import quote_text
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box
from cjm.drawing.wall.page import WallLayout

MOST_VOICES = 2


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
            lines = wall.canvas.paragraph(
                left + 16, y, text, style, wall.theme.quiet, max_width=wall.columns.column_width - 16
            )
            colour = wall.theme.ghost if voice.mood is None else wall.theme.moods[voice.mood]
            wall.canvas.box(Box(left, y - 16, 4, 22 + (lines - 1) * style.line), 2, colour)
            y += (lines - 1) * style.line
            bottom = max(bottom, y)
            y += 34
        if not stage.voices:
            wall.draw_empty_cell(i, y)
    return bottom + 26
