"""Columns of the response rate by the hour of the customers' clocks."""

from cjm.drawing.asking.page import ROOM, AskingPage
from cjm.drawing.canvas import Align
from cjm.drawing.phone.page import MARGIN, RIGHT
from cjm.drawing.primitives import Box, Stroke
from cjm.figures.findings.asking.report import ENOUGH, AskingTally
from cjm.wording.asking_words import best_hour_text, hour_text

HEIGHT = 240  # of a column of 100 %
LEAST_SHOWN = 5  # questions: of fewer no column is drawn
AXIS_ROOM = 108  # for "100%" at the left


def draw_hours(page: AskingPage, y: float) -> float:
    """Draw the columns with what follows from them; return the last baseline. Without known hours nothing is drawn."""
    hours = {hour: tally for hour, tally in page.report.hours.items() if tally.over >= LEAST_SHOWN}
    if not hours:
        return y
    y = page.draw_heading(y, page.words("asked.picture.hours"))
    style = page.typography.body
    text = best_hour_text(page.report, page.words)
    y += 56
    y += (page.canvas.paragraph(MARGIN, y, text, style, page.theme.ink, max_width=ROOM) - 1) * style.line
    ground = y + 76 + HEIGHT
    _draw_axis(page, ground)
    first, last = min(hours), max(hours)
    step = (RIGHT - MARGIN - AXIS_ROOM) / max(8, last - first + 1)
    for hour in range(first, last + 1):
        left = MARGIN + AXIS_ROOM + (hour - first) * step
        if hour in hours:
            _draw_column(page, hour, hours[hour], Box(left, ground - HEIGHT, step, HEIGHT))
        if (hour - first) % _label_every(page, step) == 0:
            page.canvas.text(left + step / 2, ground + 48, f"{hour:02d}", style, page.theme.quiet, align=Align.CENTRE)
    if any(tally.over < ENOUGH for tally in hours.values()):
        return _explain_hatching(page, ground + 48)
    return ground + 48


def _label_every(page: AskingPage, step: float) -> int:
    """Return how many columns apart labels stand, so that none touches another."""
    return max(1, -(-int(page.canvas.text_width("00", page.typography.body) + 20) // int(step)))


def _draw_axis(page: AskingPage, ground: float) -> None:
    style = page.typography.body
    for share in (0.0, 0.5, 1.0):
        at = ground - HEIGHT * share
        page.canvas.rule(MARGIN + AXIS_ROOM - 8, RIGHT, at, 2)
        label = page.words.percent(share)
        page.canvas.text(
            MARGIN + AXIS_ROOM - 20, at + style.half_capital, label, style, page.theme.quiet, align=Align.RIGHT
        )


def _draw_column(page: AskingPage, hour: int, tally: AskingTally, room: Box) -> None:
    """Draw a column; of few questions it is hatched, the best one has the accent and its hour."""
    height = max(3.0, room.height * (tally.response_rate or 0.0))
    box = Box(room.x + 0.12 * room.width, room.bottom - height, 0.76 * room.width, height)
    is_best = hour == page.report.best_hour
    if tally.over < ENOUGH:
        page.canvas.hatch(box, 0, 14, 3)
        page.canvas.box(box, 0, None, Stroke(page.theme.ghost, 2))
    else:
        page.canvas.box(box, 0, page.theme.better if is_best else page.theme.moods[3])
    if is_best:
        label = f"{hour_text(hour)} · {page.words.percent(tally.response_rate or 0.0)}"
        width = page.canvas.text_width(label, page.typography.strong)
        middle = min(max(box.x + box.width / 2, MARGIN + AXIS_ROOM + width / 2), RIGHT - width / 2)
        page.canvas.box(Box(middle - width / 2 - 8, box.y - 48, width + 16, 44), 0, page.theme.paper)  # over the rule
        page.canvas.text(middle, box.y - 14, label, page.typography.strong, page.theme.better, align=Align.CENTRE)


def _explain_hatching(page: AskingPage, y: float) -> float:
    y += 58
    box = Box(MARGIN, y - 30, 42, 34)
    page.canvas.hatch(box, 6, 14, 3)
    page.canvas.box(box, 6, None, Stroke(page.theme.ghost, 1.5))
    text = page.words("asked.picture.few_hours", n=ENOUGH)
    page.canvas.text(MARGIN + 64, y, text, page.typography.body, page.theme.quiet, max_width=ROOM - 64)
    return y
