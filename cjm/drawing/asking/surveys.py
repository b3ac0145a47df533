"""Bars of what became of the questions of each survey, and the legend of their parts."""

from collections.abc import Sequence
from functools import partial

from cjm.drawing.asking.page import ROOM, AskingPage, BarPart
from cjm.drawing.canvas import Align
from cjm.drawing.legend_entries import LegendEntry, draw_legend_entries
from cjm.drawing.phone.page import MARGIN, RIGHT
from cjm.drawing.primitives import Box, Stroke
from cjm.figures.asking.asking_outcome import REPLIES, AskingOutcome
from cjm.figures.findings.asking.report import AskedPart, AskingTally
from cjm.wording.line_start import begin_line

MOST_SURVEYS = 6  # more would push the hours out of sight; all stand in the words
SYMBOL = 42

_GROUPS: tuple[tuple[str, Sequence[AskingOutcome]], ...] = (
    ("answered", REPLIES),
    ("snoozed", (AskingOutcome.SNOOZED,)),
    ("refused", (AskingOutcome.DECLINED, AskingOutcome.STOPPED, AskingOutcome.BLOCKED)),
    ("silent", (AskingOutcome.SILENT,)),
    ("open", (AskingOutcome.OPEN,)),
)
"""Parts of a bar, from left to right: outcomes that the picture tells apart."""


def draw_surveys(page: AskingPage, y: float) -> float:
    """Draw a bar for each of the largest surveys; return the bottom."""
    y = page.draw_heading(y, page.words("asked.surveys"))
    shown = page.report.surveys[:MOST_SURVEYS]
    for part in shown:
        y = _draw_survey(page, part, y)
    rest = len(page.report.surveys) - len(shown)
    if rest:
        y += 60
        text = page.words("asked.picture.others", count=page.words.number(rest))
        page.canvas.text(MARGIN, y, text, page.typography.body, page.theme.quiet, max_width=ROOM)
    return y


def _draw_survey(page: AskingPage, part: AskedPart, y: float) -> float:
    canvas, type_, words = page.canvas, page.typography, page.words
    y += 64
    tally = part.tally
    count = words("map.invitations", n=tally.question_count)
    rate = words.percent(tally.shown_rate) if tally.shown_rate is not None else ""
    pieces = [(rate + ("  " if rate else ""), type_.strong, page.theme.better), (count, type_.body, page.theme.quiet)]
    width = canvas.text_run(RIGHT, y, pieces, align=Align.RIGHT)
    canvas.text(MARGIN, y, begin_line(part.title), type_.name, page.theme.ink, max_width=ROOM - width - 28)
    return y if page.report.is_anonymous else page.draw_bar(y + 18, _list_parts(page, tally))


def _list_parts(page: AskingPage, tally: AskingTally) -> list[BarPart]:
    counts = [(name, tally.count(*outcomes)) for name, outcomes in _GROUPS]
    return [BarPart(n, _find_fill(page, name), page.words.number(n)) for name, n in counts if n]


def _find_fill(page: AskingPage, group: str) -> str | None:
    """Return the fill of a group; None for hatching."""
    moods = page.theme.moods
    fills = {"answered": moods[3], "snoozed": moods[2], "refused": moods[1], "silent": page.theme.dim}
    return fills.get(group)


def draw_outcome_legend(page: AskingPage, y: float) -> float:
    """Explain the parts that occur; return the last baseline. Of an anonymous journey there are none."""
    met = [name for name, outcomes in _GROUPS if page.report.total.count(*outcomes)]
    if not met:
        return y
    entries = [LegendEntry(SYMBOL, partial(_draw_symbol, page, name), _meaning(page, name)) for name in met]
    style = page.typography.body
    return draw_legend_entries(page.canvas, entries, Box(MARGIN, y + 62, ROOM, 0), style, gap=36, line=54)


def _draw_symbol(page: AskingPage, group: str, x: float, y: float) -> None:
    box, fill = Box(x, y - 17, SYMBOL, 34), _find_fill(page, group)
    if fill is None:
        page.canvas.hatch(box, 6, 14, 3)
    page.canvas.box(box, 6, fill, Stroke(page.theme.ghost, 1.5))


def _meaning(page: AskingPage, group: str) -> str:
    """Return the meaning of a group with its number over all surveys: a narrow part has no room for it."""
    names = {"refused": "asked.picture.refused", "answered": "asked.picture.answered"}
    n = page.report.total.count(*dict(_GROUPS)[group])
    return f"{page.words(names.get(group, f'asked.outcome.{group}'))}: {page.words.number(n)}"
