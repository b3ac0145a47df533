"""Rows of a phone page, one a stage: title with badge, figure with its evidence, then the causes.

A row is as high as its texts need. Distances between baselines were chosen by looking at pictures on a phone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cjm.drawing.canvas import Align
from cjm.drawing.captions import (
    audience_text,
    change_note,
    change_text,
    has_real_change,
    missing_answers_text,
    no_change_text,
)
from cjm.drawing.kinds.other_side import figure_colour
from cjm.drawing.kinds.plans import is_future
from cjm.drawing.lettering.directions import is_right_to_left
from cjm.drawing.marks import badge_width, draw_badge, draw_interval_bar
from cjm.drawing.phone.causes import draw_causes
from cjm.drawing.phone.kind_lines import draw_kind_lines
from cjm.drawing.phone.page import LEFT, RIGHT, STEP, PhonePage
from cjm.drawing.presentation import FigureStatus, StagePresentation
from cjm.drawing.primitives import Box
from cjm.drawing.theme import FontStyle
from cjm.figures.journey_map import ChangeDirection
from cjm.wording.plan_words import missed_targets_text

MARK = 44  # the symbol of a missed target and its gap
MISSED_LINES = 3  # of the text about it
FIGURE_ROOM = 176  # of "100 %" in the large style
ROOM = RIGHT - LEFT
BADGE_LINE = 44  # from the last line of a long title to the badge below it


@dataclass(frozen=True, slots=True)
class StageRow:
    """Top and bottom of a stage's row, and the height of its face on the trail."""

    top: float
    bottom: float
    face_y: float
    is_tinted: bool


def find_bar_left(page: PhonePage) -> float:
    """Return the left edge of all bars of a page: they share one axis, so the widest figure moves all of them."""
    texts = [page.gauge.format_figure(s.headline.value, page.words) for s in page.stages if s.headline.is_visible]
    widest = max((page.canvas.text_width(text, page.typography.figure) for text in texts), default=0.0)
    return LEFT + max(FIGURE_ROOM, widest + 28)


def draw_stage_row(page: PhonePage, stage: StagePresentation, top: float) -> StageRow:
    """Draw everything of a stage but its face, which the trail draws later at the returned height."""
    y = _draw_title(page, stage, top)
    if page.presentation.is_empty:
        face = top + 84
    elif stage.headline.is_visible:
        face, y = _draw_evidence(page, stage, y)
    else:
        face, y = _draw_missing_strip(page, stage, y)
    y = draw_causes(page, stage, draw_kind_lines(page, stage, y))
    # A row without causes still leaves its face room: two faces of the trail must not touch.
    return StageRow(top, max(y + 26, face + 92), face, stage.stands_out)


def _draw_title(page: PhonePage, stage: StagePresentation, top: float) -> float:
    """Draw the title with the badge at the right of its last line, or below where no line has room for both.

    Return the last baseline.
    """
    y = top + 48
    badge = _change_badge(page, stage)
    taken = badge.width + 28 if badge else 0.0
    style, lines = _wrap_title(page, stage.figures.title, taken)
    # A large letter has more air at its left than a small one: moved by a pixel, both seem to begin at one edge.
    page.canvas.lines(LEFT - 1, y, lines, style, page.theme.ink)
    below = y + (len(lines) - 1) * style.line
    if badge is None:
        return below
    if page.canvas.text_width(lines[-1], style) + taken > ROOM or is_right_to_left(lines[0]):
        below += BADGE_LINE if len(lines) > 1 or page.canvas.text_width(lines[0], style) + taken > ROOM else 0
    badge.draw(below)
    return below


def _wrap_title(page: PhonePage, title: str, badge: float) -> tuple[FontStyle, list[str]]:
    """Return the largest style in which a title takes at most two lines, and the lines.

    Of two lines the last one leaves room for the badge where a break allows it.
    """
    canvas, large, small = page.canvas, page.typography.stage, page.typography.stage_long
    for style in (large, small):
        lines = canvas.wrap(title, style, ROOM, max_lines=4)
        if len(lines) == 1 or (len(lines) == 2 and canvas.text_width(lines[1], style) + badge <= ROOM):
            return style, lines
    return small, canvas.wrap_title(title, small, ROOM, max_lines=4)


@dataclass(frozen=True, slots=True)
class ChangeBadge:
    """Change of a stage, drawn at the right of a line; ``draw`` takes the line's baseline."""

    width: float
    draw: Callable[[float], float]


def _change_badge(page: PhonePage, stage: StagePresentation) -> ChangeBadge | None:
    """Return a coloured badge for a proven change, plain words for no change, None when there is nothing to say."""
    canvas, change = page.canvas, stage.figures.change
    if not stage.headline.is_judged:
        return None
    if has_real_change(stage):
        better = change.direction is ChangeDirection.BETTER
        text = change_text(stage, page.presentation.journey_map.scale, page.words)
        fill, icon = (page.theme.better, "up") if better else (page.theme.accent, "down")
        style = page.typography.strong
        width = badge_width(canvas, text, style, icon)
        return ChangeBadge(width, lambda y: draw_badge(canvas, (RIGHT, y - 13), text, style, fill=fill, icon=icon))
    body = page.typography.body
    plain = canvas.fit(no_change_text(stage, page.words), body, ROOM)
    if not plain:
        return None
    return ChangeBadge(
        canvas.text_width(plain, body),
        lambda y: canvas.text(RIGHT, y, plain, body, page.theme.quiet, align=Align.RIGHT),
    )


def _draw_evidence(page: PhonePage, stage: StagePresentation, y: float) -> tuple[float, float]:
    """Draw figure, bar, interval and n; return the height of the face and the last baseline."""
    canvas, figure, gauge, theme = page.canvas, stage.headline, page.gauge, page.theme
    colour = figure_colour(stage, gauge, theme)
    canvas.text(LEFT - 3, y + 78, gauge.format_figure(figure.value, page.words), page.typography.figure, colour)
    left = find_bar_left(page)
    draw_interval_bar(canvas, Box(left, y + 29, RIGHT - left, 22), gauge, stage)
    y += 101
    bar_y = y - 30  # the face stands beside the bar, also where lines were added below it
    text = gauge.format_interval(figure.low, figure.high, page.words)
    interval = canvas.text(left, y, text, page.typography.body, theme.quiet)
    if figure.status is FigureStatus.GREY:
        y = _draw_grey_audience(page, stage, y, left + interval)
    else:
        y = _draw_audience_and_targets(page, stage, y, left + interval)
    return bar_y, _draw_change_note(page, stage, y)


def _draw_grey_audience(page: PhonePage, stage: StagePresentation, y: float, taken: float) -> float:
    """Draw how many answered, and below how many are missing to judge; return the last baseline."""
    canvas, theme, body = page.canvas, page.theme, page.typography.body
    answers, missing = missing_answers_text(page.presentation, stage.headline, page.words)
    canvas.text(RIGHT, y, answers, body, theme.quiet, align=Align.RIGHT, max_width=RIGHT - taken - 24)
    if missing:
        y += STEP
        canvas.text(LEFT, y, missing, page.typography.name, theme.on_grey, max_width=ROOM)
    return _draw_missed_below(page, stage, y)


def _draw_missed_below(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw which targets of a stage are missed, such as of time, also where its own figure is not judged.

    Return the last baseline.
    """
    missed = _missed_text(page, stage)
    if not missed:
        return y
    canvas, theme, style = page.canvas, page.theme, page.typography.name
    y += STEP
    canvas.icon("missed", LEFT + 17, y - 12, 32, theme.accent)
    left = LEFT + MARK
    lines = canvas.wrap_title(missed, style, RIGHT - left, MISSED_LINES)
    canvas.lines(left, y, lines, style, theme.accent)
    return y + (len(lines) - 1) * style.line


def _missed_text(page: PhonePage, stage: StagePresentation) -> str:
    """Return which targets are not met; empty on a future map, which names each target."""
    scale = page.presentation.journey_map.scale
    return "" if is_future(page.presentation) else missed_targets_text(stage.targets, scale, page.words)


def _draw_audience_and_targets(page: PhonePage, stage: StagePresentation, y: float, taken: float) -> float:
    """Draw n at the right, and missed targets below; return the last baseline."""
    canvas, body, room = page.canvas, page.typography.body, RIGHT - taken - 24
    people, answers = audience_text(page.presentation, stage.headline, page.words)
    both = f"{people} · {answers}" if answers else people  # people are the n; answers may be left out
    if canvas.text_width(both, body) > room:
        both = people
    canvas.text(RIGHT, y, both, body, page.theme.quiet, align=Align.RIGHT, max_width=room)
    return _draw_missed_below(page, stage, y)


def _draw_change_note(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw what the badge alone would leave out; return the last baseline."""
    note = change_note(stage, page.words)
    if not note:
        return y
    y += STEP
    style = page.typography.body
    lines = page.canvas.paragraph(LEFT, y, note, style, page.theme.ink, max_width=ROOM, max_lines=4)
    return y + (lines - 1) * style.line


def _draw_missing_strip(page: PhonePage, stage: StagePresentation, y: float) -> tuple[float, float]:
    """Draw a hatched strip that tells how many answers are missing; return as :func:`_draw_evidence` does."""
    canvas, theme, style = page.canvas, page.theme, page.typography.name
    withheld = stage.headline.status is FigureStatus.WITHHELD
    text = ", ".join(part for part in missing_answers_text(page.presentation, stage.headline, page.words) if part)
    inset = 46 if withheld else 0
    lines = canvas.wrap(text, style, RIGHT - LEFT - 60 - inset, max_lines=2)
    strip = Box(LEFT, y + 24, RIGHT - LEFT, 70 + (len(lines) - 1) * style.line)
    canvas.hatch(strip, 20, 16, 3)
    wide = max(canvas.text_width(line, style) for line in lines)
    # Words on hatching are hard to read, so they stand on a plain card.
    canvas.box(Box(LEFT + 12, strip.y + 10, wide + inset + 28, strip.height - 20), 14, theme.grey)
    if withheld:
        canvas.icon("lock", LEFT + 42, strip.y + 35, 32, theme.on_grey)
    for i, line in enumerate(lines):
        canvas.text(LEFT + 26 + inset, strip.y + 47 + i * style.line, line, style, theme.on_grey)
    return strip.y + 35, _draw_missed_below(page, stage, strip.bottom - 2)
