"""The head of the wall: title, purpose, targets at the left; period, people and answers at the right; notes below."""

from cjm.drawing.canvas import Align
from cjm.drawing.parts import filter_words, target_words
from cjm.drawing.primitives import Box, Layer
from cjm.drawing.wall.page import MARGIN, Wall

ASIDE = 380  # the room of the right block
NOTE_GAP = 36
INSET = 28


def header(wall: Wall) -> float:
    """Puts the head on the sheet; gives the height where the chevrons begin."""
    left, right = _title(wall), _facts(wall)
    bottom = max(left, right)
    if wall.reading.look.notes:
        bottom = _notes(wall, bottom + 18)
    return bottom + 32


def _title(wall: Wall) -> float:
    sheet, type_, theme, look = wall.sheet, wall.type, wall.theme, wall.reading.look
    room = wall.columns.end - MARGIN - ASIDE - 40
    sheet.icon("trail", MARGIN + 11, 44, 32, theme.accent, weight=3.4)
    sheet.text(MARGIN + 34, 52, wall.words("map.brand"), type_.brand, theme.accent, room=200)
    y = 108.0
    lines = sheet.paragraph(MARGIN - 1, y, look.title, type_.title, theme.ink, room=room)
    y += (lines - 1) * type_.title.line
    wide = sheet.width(look.title, type_.title)
    beside = lines == 1 and wide + 26 + sheet.width(look.purpose, type_.purpose) <= room
    if look.purpose and beside:
        sheet.text(MARGIN + wide + 26, y, look.purpose, type_.purpose, theme.quiet)
    elif look.purpose:
        y += 34
        lines = sheet.paragraph(MARGIN, y, look.purpose, type_.purpose, theme.quiet, room=room)
        y += (lines - 1) * type_.purpose.line
    for icon, text in (
        ("filter", filter_words(wall.reading, wall.words)),
        ("flag", target_words(wall.reading, wall.words)),
    ):
        if text:
            y += 32
            sheet.icon(icon, MARGIN + 10, y - 6, 19, theme.ink)
            sheet.text(MARGIN + 28, y, text, type_.name, theme.ink, room=room - 28)
    return y


def _facts(wall: Wall) -> float:
    words, look, right = wall.words, wall.reading.look, wall.columns.end
    totals = look.totals
    people = f"{words('map.people', n=totals.customers)}, {words('map.answers', n=totals.answers)}"
    asked = words("map.invitations", n=totals.invitations)
    if totals.response_rate is not None:
        asked += f", {words('map.response', share=words.percent(totals.response_rate))}"
    wall.sheet.text(
        right,
        52,
        words.days(look.period.first, look.period.last),
        wall.type.lead_strong,
        wall.theme.ink,
        align=Align.RIGHT,
        room=ASIDE,
    )
    y = 52.0
    facts = [people, asked if totals.invitations else "", words("map.as_of", moment=words.moment(look.as_of))]
    for fact in filter(None, facts):
        y += 28
        wall.sheet.text(right, y, fact, wall.type.body, wall.theme.quiet, align=Align.RIGHT, room=ASIDE)
    return y


def _notes(wall: Wall, top: float) -> float:
    """What to do next, while figures are missing: beside each other in columns."""
    notes = wall.reading.look.notes[:4]
    left, style = MARGIN, wall.type.body
    across = wall.columns.end - left - 48
    room = (across - NOTE_GAP * (len(notes) - 1)) / len(notes)
    most = 0
    for i, note in enumerate(notes):
        x = left + 24 + i * (room + NOTE_GAP)
        wall.sheet.icon("next", x + 9, top + 28, 18, wall.theme.better, weight=2.6)
        lines = wall.sheet.paragraph(x + INSET, top + 34, note, style, wall.theme.ink, room=room - INSET, most=4)
        most = max(most, lines)
    height = 56 + (most - 1) * style.line
    wall.sheet.box(Box(left, top, wall.columns.end - left, height), 16, wall.theme.soft, layer=Layer.GROUND)
    return top + height
