"""Bar of the visitors who answered, were asked, or were not; warnings where those who answered are unlike them."""

from cjm.drawing.asking.page import ROOM, AskingPage, BarPart
from cjm.drawing.phone.page import MARGIN
from cjm.figures.asking.reach import Reach
from cjm.wording.asking_words import heard_text, list_reasons, unlike_text

MOST_WARNINGS, MOST_REASONS = 2, 3


def draw_visitors(page: AskingPage, y: float) -> float:
    """Draw who was heard; return the last baseline. Without visitors nothing is drawn."""
    heard, style, theme = page.report.heard, page.typography.body, page.theme
    if not heard.visitors:
        return y
    y = page.draw_heading(y, page.words("asked.unheard"))
    y = page.draw_bar(y + 34, _list_parts(page)) + 56
    text = heard_text(heard, page.words)
    y += (page.canvas.paragraph(MARGIN, y, text, style, theme.ink, max_width=ROOM) - 1) * style.line
    for reason in list_reasons(heard, page.words)[:MOST_REASONS]:
        y += style.line
        page.canvas.text(MARGIN, y, f"– {reason}", style, theme.quiet, max_width=ROOM)
    for unlike in heard.unlike[:MOST_WARNINGS]:
        y += 62
        page.canvas.icon("barrier", MARGIN + 20, y - 12, 38, theme.accent)
        text = unlike_text(unlike, page.words)
        lines = page.canvas.paragraph(MARGIN + 56, y, text, style, theme.ink, max_width=ROOM - 56, max_lines=4)
        y += (lines - 1) * style.line
    return y


def _list_parts(page: AskingPage) -> list[BarPart]:
    heard, theme = page.report.heard, page.theme
    known = (Reach.HEARD, Reach.SILENT, Reach.ASKED)
    fills = {Reach.HEARD: theme.moods[3], Reach.SILENT: theme.dim, Reach.ASKED: theme.dim}
    counts = [(reach, heard.groups.get(reach, 0)) for reach in known]
    rest = heard.visitors - sum(n for _, n in counts)
    parts = [BarPart(n, fills[reach], page.words.percent(heard.share(reach))) for reach, n in counts if n]
    if rest:
        parts.append(BarPart(rest, None, page.words.percent(rest / heard.visitors)))
    return parts
