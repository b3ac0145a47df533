"""Head of the picture of the asking: title, days, filter, counts."""

from cjm.drawing.asking.page import ROOM, AskingPage
from cjm.drawing.canvas import Align
from cjm.drawing.phone.page import MARGIN, RIGHT


def draw_asking_header(page: AskingPage) -> float:
    """Draw the head; return its last baseline."""
    y = _draw_title(page)
    y = _draw_filter(page, y)
    return _draw_counts(page, y)


def _draw_title(page: AskingPage) -> float:
    canvas, type_, theme, words, report = page.canvas, page.typography, page.theme, page.words, page.report
    canvas.icon("trail", 60, 64, 46, theme.accent, weight=3.4)
    brand = canvas.text(92, 76, words("map.brand"), type_.brand, theme.accent, max_width=300)
    as_of = words("map.as_of", moment=words.moment(report.as_of))
    canvas.text(RIGHT, 76, as_of, type_.body, theme.quiet, max_width=RIGHT - 92 - brand - 40, align=Align.RIGHT)
    title = canvas.wrap_title(words("asked.picture.title"), type_.title, ROOM)
    canvas.lines(MARGIN - 2, 158, title, type_.title, theme.ink)
    y = 158 + (len(title) - 1) * type_.title.line + 56
    lines = canvas.paragraph(MARGIN, y, report.title, type_.purpose, theme.ink, max_width=ROOM)
    return y + (lines - 1) * type_.purpose.line


def _draw_filter(page: AskingPage, y: float) -> float:
    words, report = page.words, page.report
    facts = [words.days(report.period.first, report.period.last, now=report.as_of.date())]
    if report.segment_title:
        facts.append(report.segment_title)
    if report.channel:
        key = f"map.channel.{report.channel}"
        facts.append(words(key) if words.has(key) else report.channel)
    y += 52
    style = page.typography.body
    lines = page.canvas.paragraph(MARGIN, y, "  ·  ".join(facts), style, page.theme.quiet, max_width=ROOM)
    return y + (lines - 1) * style.line


def _draw_counts(page: AskingPage, y: float) -> float:
    """Draw the share that answered, large, and beside it of how many questions."""
    words, report, canvas, type_ = page.words, page.report, page.canvas, page.typography
    if not report.total.question_count:
        lines = canvas.paragraph(MARGIN, y + 78, words("asked.none"), type_.lead, page.theme.ink, max_width=ROOM)
        return y + 78 + (lines - 1) * type_.lead.line
    y += 104
    left = float(MARGIN)
    if report.response_rate is not None:
        figure = words.percent(report.response_rate)
        left += canvas.text(MARGIN, y, figure, type_.figure, page.theme.better) + 28
        canvas.text(left, y - 34, words("asked.picture.rate"), type_.name, page.theme.ink, max_width=RIGHT - left)
    facts = [words("map.invitations", n=report.total.question_count)]
    if report.total.young:
        facts.append(words("map.still_open", count=words.number(report.total.young)))
    canvas.text(left, y + 8, "  ·  ".join(facts), type_.body, page.theme.quiet, max_width=RIGHT - left)
    if not report.is_anonymous:
        return y + 8
    lines = canvas.paragraph(MARGIN, y + 68, words("asked.anonymous"), type_.body, page.theme.ink, max_width=ROOM)
    return y + 68 + (lines - 1) * type_.body.line
