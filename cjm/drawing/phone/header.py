"""The head of a phone page: title, purpose, takeaway, period and counts, filter, targets and notes."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align
from cjm.drawing.captions import compared_text, filter_text, kind_text, targets_text, totals_texts
from cjm.drawing.phone.page import MARGIN, RIGHT, PhonePage
from cjm.drawing.primitives import Box, Layer, Stroke
from cjm.drawing.theme import FontStyle
from cjm.wording.kinds.contrast_words import caveat_texts
from cjm.wording.takeaway_words import takeaway_sentences

ROOM = RIGHT - MARGIN
MOST_NOTES = 4  # more is a manual, and pushes the stages below the first screen


def draw_header(page: PhonePage) -> float:
    """Draw the head, on a further page a short one; return the height where the rows begin.

    The takeaway, the counts, the targets and the notes are read on the first page.
    """
    is_first = page.number == 0
    y = _draw_title(page)
    if is_first:
        y = _draw_takeaway(page, y)
    y = _draw_facts(page, y)
    for icon, text in (
        ("filter", filter_text(page.presentation, page.words)),
        ("flag", targets_text(page.presentation, page.words) if is_first else ""),
        ("compared", compared_text(page.presentation, page.words)),
    ):
        if text:
            y = _draw_marked_line(page, y, icon, text)
    for text in caveat_texts(page.presentation.journey_map, page.words) if is_first else ():
        y = _draw_marked_line(page, y, "caution", text)
    empty = (page.words("map.empty"),) if page.presentation.is_empty else ()
    notes = (*empty, *page.presentation.journey_map.notes)[:MOST_NOTES]
    if notes and is_first:
        y = _draw_notes(page, notes, y + 28)
    return y + 26


def _draw_title(page: PhonePage) -> float:
    """Draw brand, day, kind, title and purpose; on a further page the title is smaller. Return the last baseline."""
    canvas, type_, theme, journey_map = page.canvas, page.typography, page.theme, page.presentation.journey_map
    canvas.icon("trail", 60, 64, 46, theme.accent, weight=3.4)
    brand = canvas.text(92, 76, page.words("map.brand"), type_.brand, theme.accent, max_width=300)
    as_of = page.words("map.as_of", moment=page.words.moment(journey_map.as_of))
    canvas.text(RIGHT, 76, as_of, type_.body, theme.quiet, max_width=RIGHT - 92 - brand - 40, align=Align.RIGHT)
    y = 76.0
    if kind := kind_text(page.presentation, page.words):
        y += 54
        canvas.text(MARGIN, y, kind, type_.lead_strong, theme.structure, max_width=ROOM)
    style, title = _wrap_title(page)
    y += 20 + style.px
    # Moved by 2 px: the large letters of a title have more air at their left than the texts below.
    canvas.lines(MARGIN - 2, y, title, style, theme.ink)
    y += (len(title) - 1) * style.line
    if journey_map.purpose and page.number == 0:
        y += 52
        purpose = canvas.wrap_title(journey_map.purpose, type_.purpose, ROOM)
        canvas.lines(MARGIN, y, purpose, type_.purpose, theme.ink)
        y += (len(purpose) - 1) * type_.purpose.line
    return y


def _wrap_title(page: PhonePage) -> tuple[FontStyle, list[str]]:
    """Return the lines of the title, and their style: a smaller one for three lines, and on a further page."""
    title, large, small = page.presentation.journey_map.title, page.typography.title, page.typography.stage
    lines = page.canvas.wrap_title(title, large, ROOM)
    if page.number == 0 and len(lines) < 3:
        return large, lines
    return small, page.canvas.wrap_title(title, small, ROOM)


def _draw_takeaway(page: PhonePage, y: float) -> float:
    """Draw the sentence that matters: what is proven, and below it the next step; return the last baseline.

    The line at its left is the accent's: in ten seconds a reader takes nothing else with them.
    """
    sentences = takeaway_sentences(page.presentation.journey_map, page.words)
    if not sentences:
        return y
    canvas, left, top = page.canvas, MARGIN + 28, y + 26
    y, strong, plain = y + 22, page.typography.takeaway, page.typography.lead
    for text, style in zip(sentences, (strong, plain), strict=True):
        y += style.line + (6 if style is plain else 0)
        lines = canvas.paragraph(left, y, text, style, page.theme.ink, max_width=RIGHT - left, max_lines=4)
        y += (lines - 1) * style.line
    canvas.line(((MARGIN + 5, top + 10), (MARGIN + 5, y + 8)), Stroke(page.theme.accent, 10))
    return y + 8


def _draw_facts(page: PhonePage, y: float) -> float:
    """Draw period · people · answers · complaints · page. A line breaks between facts, never inside one."""
    words, journey_map, canvas = page.words, page.presentation.journey_map, page.canvas
    facts = [words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date())]
    if page.number == 0:
        facts += totals_texts(page.presentation, words)
    if journey_map.totals.complaints and page.number == 0:
        facts.append(words("map.complaints", n=journey_map.totals.complaints))
    if page.page_count > 1:
        facts.append(words("map.page", page=page.number + 1, pages=page.page_count))
    y += 52
    line = ""
    for fact in facts:
        longer = f"{line}  ·  {fact}" if line else fact
        if line and canvas.text_width(longer, page.typography.body) > ROOM:
            canvas.text(MARGIN, y, line, page.typography.body, page.theme.quiet, max_width=ROOM)
            y, longer = y + page.typography.body.line, fact
        line = longer
    canvas.text(MARGIN, y, line, page.typography.body, page.theme.quiet, max_width=ROOM)
    return y


def _draw_marked_line(page: PhonePage, y: float, icon: str, text: str) -> float:
    """Draw a line that begins with a symbol; return its last baseline."""
    y += 48
    page.canvas.icon(icon, MARGIN + 18, y - 12, 34, page.theme.ink)
    lines = page.canvas.paragraph(MARGIN + 50, y, text, page.typography.name, page.theme.ink, max_width=ROOM - 50)
    return y + (lines - 1) * page.typography.name.line


def _draw_notes(page: PhonePage, notes: Sequence[str], top: float) -> float:
    """Draw the notes on what to do next; they stand on the first page while figures are missing."""
    canvas, style = page.canvas, page.typography.body
    y = top + 52
    for note in notes:
        canvas.icon("next", MARGIN + 42, y - 12, 32, page.theme.better, weight=2.6)
        lines = canvas.paragraph(MARGIN + 76, y, note, style, page.theme.ink, max_width=ROOM - 104, max_lines=4)
        y += lines * style.line + 8
    bottom = y - style.line + 20
    canvas.box(Box(MARGIN - 8, top, ROOM + 16, bottom - top), 30, page.theme.soft, layer=Layer.GROUND)
    return bottom + 6
