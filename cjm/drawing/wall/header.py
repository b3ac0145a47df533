"""The head of the wall: title, purpose and targets at the left; period and counts at the right; notes below."""

from cjm.drawing.canvas import Align
from cjm.drawing.captions import compared_text, filter_text, targets_text, totals_texts
from cjm.drawing.primitives import Box, Layer
from cjm.drawing.wall.page import WALL_MARGIN, WallLayout
from cjm.wording.count_words import replies_texts

ASIDE = 380  # width of the right block
MOST_NOTES = 4  # with more, their columns become too narrow to read
NOTE_GAP = 36
INSET = 28


def draw_header(wall: WallLayout) -> float:
    """Draw the head; return the height where the chevrons begin."""
    left, right = _draw_title(wall), _draw_facts(wall)
    bottom = max(left, right)
    if wall.presentation.journey_map.notes:
        bottom = _draw_notes(wall, bottom + 18)
    return bottom + 32


def _draw_title(wall: WallLayout) -> float:
    canvas, type_, theme, journey_map = wall.canvas, wall.typography, wall.theme, wall.presentation.journey_map
    room = wall.columns.content_right - WALL_MARGIN - ASIDE - 40
    canvas.icon("trail", WALL_MARGIN + 11, 44, 32, theme.accent, weight=3.4)
    canvas.text(WALL_MARGIN + 34, 52, wall.words("map.brand"), type_.brand, theme.accent, max_width=200)
    y = 108.0
    # Moved by 1 px: the large letters of a title have more air at their left than the texts below.
    title = canvas.wrap_title(journey_map.title, type_.title, room)
    canvas.lines(WALL_MARGIN - 1, y, title, type_.title, theme.ink)
    y += (len(title) - 1) * type_.title.line
    wide = canvas.text_width(journey_map.title, type_.title)
    # A short purpose stands beside the title and saves a line.
    beside = len(title) == 1 and wide + 26 + canvas.text_width(journey_map.purpose, type_.purpose) <= room
    if journey_map.purpose and beside:
        canvas.text(WALL_MARGIN + wide + 26, y, journey_map.purpose, type_.purpose, theme.quiet)
    elif journey_map.purpose:
        y += 34
        lines = canvas.paragraph(WALL_MARGIN, y, journey_map.purpose, type_.purpose, theme.quiet, max_width=room)
        y += (lines - 1) * type_.purpose.line
    for icon, text in (
        ("filter", filter_text(wall.presentation, wall.words)),
        ("flag", targets_text(wall.presentation, wall.words)),
        ("compared", compared_text(wall.presentation, wall.words)),
    ):
        if text:
            y += 32
            canvas.icon(icon, WALL_MARGIN + 10, y - 6, 19, theme.ink)
            lines = canvas.paragraph(WALL_MARGIN + 28, y, text, type_.name, theme.ink, max_width=room - 28)
            y += (lines - 1) * type_.name.line
    return y


def _draw_facts(wall: WallLayout) -> float:
    words, journey_map, right = wall.words, wall.presentation.journey_map, wall.columns.content_right
    wall.canvas.text(
        right,
        52,
        words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date()),
        wall.typography.lead_strong,
        wall.theme.ink,
        align=Align.RIGHT,
        max_width=ASIDE,
    )
    y = 52.0
    facts = [
        ", ".join(totals_texts(wall.presentation, words)),
        *replies_texts(wall.presentation.journey_map, words),
        words("map.as_of", moment=words.moment(journey_map.as_of)),
    ]
    for fact in filter(None, facts):
        y += 28
        wall.canvas.text(right, y, fact, wall.typography.body, wall.theme.quiet, align=Align.RIGHT, max_width=ASIDE)
    return y


def _draw_notes(wall: WallLayout, top: float) -> float:
    """Draw the notes on what to do next, beside each other in columns."""
    notes = wall.presentation.journey_map.notes[:MOST_NOTES]
    left, style = WALL_MARGIN, wall.typography.body
    across = wall.columns.content_right - left - 48
    room = (across - NOTE_GAP * (len(notes) - 1)) / len(notes)
    most_lines = 0
    for i, note in enumerate(notes):
        x = left + 24 + i * (room + NOTE_GAP)
        wall.canvas.icon("next", x + 9, top + 28, 18, wall.theme.better, weight=2.6)
        lines = wall.canvas.paragraph(
            x + INSET, top + 34, note, style, wall.theme.ink, max_width=room - INSET, max_lines=4
        )
        most_lines = max(most_lines, lines)
    height = 56 + (most_lines - 1) * style.line
    wall.canvas.box(Box(left, top, wall.columns.content_right - left, height), 16, wall.theme.soft, layer=Layer.GROUND)
    return top + height
