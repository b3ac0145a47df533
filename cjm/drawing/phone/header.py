"""The head of a phone page: whose map, about what, from when to when, and whether its targets are met."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align
from cjm.drawing.parts import filter_words, target_words
from cjm.drawing.phone.page import MARGIN, RIGHT, Page
from cjm.drawing.primitives import Box, Layer

ROOM = RIGHT - MARGIN
MOST_NOTES = 4


def header(page: Page) -> float:
    """Puts the head on the sheet; gives the height where the rows begin."""
    y = _title(page)
    y = _facts(page, y)
    for icon, text in (
        ("filter", filter_words(page.reading, page.words)),
        ("flag", target_words(page.reading, page.words)),
    ):
        if text:
            y = _marked(page, y, icon, text)
    empty = (page.words("map.empty"),) if page.reading.empty else ()
    notes = (*empty, *page.reading.look.notes)[:MOST_NOTES]
    if notes and page.number == 0:
        y = _notes(page, notes, y + 28)
    return y + 26


def _title(page: Page) -> float:
    sheet, type_, theme, look = page.sheet, page.type, page.theme, page.reading.look
    sheet.icon("trail", 60, 64, 46, theme.accent, weight=3.4)
    brand = sheet.text(92, 76, page.words("map.brand"), type_.brand, theme.accent, room=300)
    as_of = page.words("map.as_of", moment=page.words.moment(look.as_of))
    sheet.text(RIGHT, 76, as_of, type_.body, theme.quiet, room=RIGHT - 92 - brand - 40, align=Align.RIGHT)
    y = 158.0
    lines = sheet.paragraph(MARGIN - 2, y, look.title, type_.title, theme.ink, room=ROOM)
    y += (lines - 1) * type_.title.line
    if look.purpose:
        y += 52
        lines = sheet.paragraph(MARGIN, y, look.purpose, type_.purpose, theme.ink, room=ROOM)
        y += (lines - 1) * type_.purpose.line
    return y


def _facts(page: Page, y: float) -> float:
    """Period · people · answers · complaints · page: whole facts, going on in a further line where there is no room."""
    words, look, sheet = page.words, page.reading.look, page.sheet
    totals = look.totals
    facts = [
        words.days(look.period.first, look.period.last),
        words("map.people", n=totals.customers),
        words("map.answers", n=totals.answers),
    ]
    if totals.complaints:
        facts.append(words("map.complaints", n=totals.complaints))
    if page.pages > 1:
        facts.append(words("map.page", page=page.number + 1, pages=page.pages))
    y += 52
    line = ""
    for fact in facts:
        longer = f"{line}  ·  {fact}" if line else fact
        if line and sheet.width(longer, page.type.body) > ROOM:
            sheet.text(MARGIN, y, line, page.type.body, page.theme.quiet, room=ROOM)
            y, longer = y + page.type.body.line, fact
        line = longer
    sheet.text(MARGIN, y, line, page.type.body, page.theme.quiet, room=ROOM)
    return y


def _marked(page: Page, y: float, icon: str, text: str) -> float:
    """A line that begins with a symbol."""
    y += 50
    page.sheet.icon(icon, MARGIN + 18, y - 12, 34, page.theme.ink)
    lines = page.sheet.paragraph(MARGIN + 50, y, text, page.type.name, page.theme.ink, room=ROOM - 50)
    return y + (lines - 1) * page.type.name.line


def _notes(page: Page, notes: Sequence[str], top: float) -> float:
    """What to do next, while figures are missing."""
    sheet, style = page.sheet, page.type.body
    y = top + 52
    for note in notes:
        sheet.icon("next", MARGIN + 42, y - 12, 32, page.theme.better, weight=2.6)
        lines = sheet.paragraph(MARGIN + 76, y, note, style, page.theme.ink, room=ROOM - 104, most=4)
        y += lines * style.line + 8
    bottom = y - style.line + 20
    sheet.box(Box(MARGIN - 8, top, ROOM + 16, bottom - top), 30, page.theme.soft, layer=Layer.GROUND)
    return bottom + 6
