"""A row a stage: title and verdict, figure and evidence, then the causes. A row is as high as what it says."""

from collections.abc import Callable
from dataclasses import dataclass

from cjm.drawing.canvas import Align, TextPiece
from cjm.drawing.captions import (
    audience_text,
    change_text,
    has_real_change,
    missing_answers_text,
    no_change_text,
    quote_text,
)
from cjm.drawing.marks import badge_width, draw_badge, draw_interval_bar
from cjm.drawing.phone.page import INDENT, LEFT, RIGHT, PhonePage
from cjm.drawing.presentation import FigureStatus, StagePresentation, TouchpointPresentation
from cjm.drawing.primitives import Box
from cjm.drawing.symbols import channel_symbol
from cjm.drawing.theme import FontStyle
from cjm.drawing.typeset import fit_line
from cjm.figures.journey_map import Barrier, ChangeDirection, Voice

BAR_LEFT = LEFT + 176
TEXT = LEFT + INDENT
ROOM = RIGHT - LEFT
BADGE_LINE = 52  # of a verdict that stands below a long title
STEP = 50  # from one line of causes to the next


@dataclass(frozen=True, slots=True)
class StageRow:
    """Where a stage's row lies, and at what height its face."""

    top: float
    bottom: float
    face_y: float
    is_tinted: bool


def draw_stage_row(page: PhonePage, stage: StagePresentation, top: float) -> StageRow:
    y = _draw_title(page, stage, top)
    if page.presentation.is_empty:
        face = top + 84
    elif stage.headline.is_visible:
        face, y = _draw_evidence(page, stage, y)
    else:
        face, y = _draw_missing_strip(page, stage, y)
    y = _draw_causes(page, stage, y)
    return StageRow(top, max(y + 34, face + 92), face, stage.is_weakest)


def _draw_title(page: PhonePage, stage: StagePresentation, top: float) -> float:
    """Title and, at its right, the verdict; below a title that needs the room. Gives the last baseline."""
    y = top + 56
    verdict = _change_badge(page, stage)
    beside = ROOM - (verdict.width + 28 if verdict else 0)
    style, title = page.typography.stage, stage.figures.title
    lines = page.canvas.wrap(title, style, beside, most=4)
    long = len(lines) > 2
    if long:
        style = page.typography.stage_long
        lines = page.canvas.wrap(title, style, ROOM, most=4)
    for i, line in enumerate(lines):
        page.canvas.text(LEFT - 1, y + i * style.line, line, style, page.theme.ink)
    below = y + (len(lines) - 1) * style.line
    if not verdict:
        return below
    if not long:
        verdict.draw(y)
        return below
    verdict.draw(below + BADGE_LINE)
    return below + BADGE_LINE


@dataclass(frozen=True, slots=True)
class ChangeBadge:
    """What became of a stage, at the right of a line: ``put`` takes the line's baseline."""

    width: float
    draw: Callable[[float], float]


def _change_badge(page: PhonePage, stage: StagePresentation) -> ChangeBadge | None:
    """A pill only for a real change, quiet words otherwise."""
    canvas, change = page.canvas, stage.figures.change
    if not stage.headline.is_judged:
        return None
    if has_real_change(stage):
        better = change.direction is ChangeDirection.BETTER
        text = change_text(change, page.presentation.journey_map.scale, page.gauge, page.words)
        fill, icon = (page.theme.better, "up") if better else (page.theme.accent, "down")
        style = page.typography.strong
        width = badge_width(canvas, text, style, icon)
        return ChangeBadge(width, lambda y: draw_badge(canvas, (RIGHT, y - 13), text, style, fill=fill, icon=icon))
    quiet, body = (
        fit_line(no_change_text(stage, page.words), ROOM, page.typography.body, canvas.measure),
        page.typography.body,
    )
    if not quiet:
        return None
    return ChangeBadge(
        canvas.text_width(quiet, body),
        lambda y: canvas.text(RIGHT, y, quiet, body, page.theme.quiet, align=Align.RIGHT),
    )


def _draw_evidence(page: PhonePage, stage: StagePresentation, y: float) -> tuple[float, float]:
    """Figure, bar, interval and people. Gives the height of the face and the last baseline."""
    canvas, figure, gauge, theme = page.canvas, stage.headline, page.gauge, page.theme
    mood = figure.mood(gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    width = canvas.text(LEFT - 3, y + 84, gauge.format_figure(figure.value, page.words), page.typography.figure, colour)
    left = max(BAR_LEFT, LEFT + width + 28)
    draw_interval_bar(canvas, Box(left, y + 33, RIGHT - left, 22), gauge, stage)
    y += 110
    interval = canvas.text(
        left, y, gauge.format_interval(figure.low, figure.high, page.words), page.typography.body, theme.quiet
    )
    if figure.status is FigureStatus.GREY:
        answers, missing = missing_answers_text(page.presentation, figure, page.words)
        canvas.text(
            RIGHT, y, answers, page.typography.body, theme.quiet, align=Align.RIGHT, room=RIGHT - left - interval - 24
        )
        if missing:
            y += STEP
            canvas.text(LEFT, y, missing, page.typography.name, theme.on_grey, room=RIGHT - LEFT)
    else:
        people, answers = audience_text(figure, page.words)
        both = f"{people} · {answers}" if answers else people
        room = RIGHT - left - interval - 24
        if canvas.text_width(both, page.typography.body) > room:
            both = people
        canvas.text(RIGHT, y, both, page.typography.body, theme.quiet, align=Align.RIGHT, room=room)
    return y - 30 - (STEP if figure.status is FigureStatus.GREY else 0), y


def _draw_missing_strip(page: PhonePage, stage: StagePresentation, y: float) -> tuple[float, float]:
    """A hatched strip that says what is missing."""
    canvas, theme, style = page.canvas, page.theme, page.typography.name
    withheld = stage.headline.status is FigureStatus.WITHHELD
    text = ", ".join(part for part in missing_answers_text(page.presentation, stage.headline, page.words) if part)
    inset = 46 if withheld else 0
    lines = canvas.wrap(text, style, RIGHT - LEFT - 60 - inset, most=2)
    strip = Box(LEFT, y + 24, RIGHT - LEFT, 70 + (len(lines) - 1) * style.line)
    canvas.hatch(strip, 20, 16, 3)
    wide = max(canvas.text_width(line, style) for line in lines)
    canvas.box(Box(LEFT + 12, strip.y + 10, wide + inset + 28, strip.height - 20), 14, theme.grey)
    if withheld:
        canvas.icon("lock", LEFT + 42, strip.y + 35, 32, theme.on_grey)
    for i, line in enumerate(lines):
        canvas.text(LEFT + 26 + inset, strip.y + 47 + i * style.line, line, style, theme.on_grey)
    return strip.y + 35, strip.bottom - 2


def _draw_causes(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """The weakest touchpoint, the top barrier, a voice; where nothing is judged yet, what the stage is about."""
    weakest = stage.judged_touchpoints[0] if stage.judged_touchpoints else None
    y = _draw_touchpoint(page, stage, weakest, y + STEP + 4) if weakest else _draw_goal_and_touchpoints(page, stage, y)
    if stage.barriers:
        y = _draw_barrier(page, stage.barriers[0], y + STEP)
    if stage.voices:
        y = _draw_voice(page, stage.voices[0], y + STEP)
    return y


def _draw_goal_and_touchpoints(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """The customer's goal and the touchpoints as they were declared."""
    if stage.figures.goal and not stage.headline.n:
        y += STEP
        lines = page.canvas.paragraph(
            LEFT, y, stage.figures.goal, page.typography.body, page.theme.quiet, room=RIGHT - LEFT
        )
        y += (lines - 1) * page.typography.body.line
    shown = stage.touchpoints[:3]
    for touchpoint in shown:
        y = _draw_touchpoint(page, stage, touchpoint, y + STEP)
    if more := len(stage.touchpoints) - len(shown):
        y += STEP
        page.canvas.text(
            TEXT, y, page.words("map.more", n=more), page.typography.body, page.theme.quiet, room=RIGHT - TEXT
        )
    return y


def _draw_touchpoint(page: PhonePage, stage: StagePresentation, touchpoint: TouchpointPresentation, y: float) -> float:
    """Icon, name, star and figure; that it is the weakest is said where there are others."""
    canvas, theme, figures = page.canvas, page.theme, touchpoint.figures
    known = touchpoint.headline.is_judged or page.presentation.is_empty
    colour = theme.ink if known else theme.on_grey
    canvas.icon(channel_symbol(figures.channel), LEFT + 18, y - 12, 38, colour)
    end = RIGHT - _draw_touchpoint_score(page, touchpoint, y, silent=not stage.headline.n) - 24
    left: float = TEXT
    star = 52 if figures.moment_of_truth else 0
    if len(stage.judged_touchpoints) > 1:
        label = page.words("map.weakest")
        width = canvas.text(left, y, label, page.typography.body, theme.quiet, room=end - left) + 16
        if canvas.text_width(figures.title, page.typography.name) <= end - left - width - star:
            left += width
        else:
            y, end = y + page.typography.name.line, RIGHT
    lines = canvas.wrap(figures.title, page.typography.name, end - left - star, most=2)
    width = 0.0
    for i, line in enumerate(lines):
        width = canvas.text(left, y + i * page.typography.name.line, line, page.typography.name, colour)
    y += (len(lines) - 1) * page.typography.name.line
    if star:
        canvas.star(left + width + 32, y - 13, 19)
    return y


def _draw_touchpoint_score(page: PhonePage, touchpoint: TouchpointPresentation, y: float, *, silent: bool) -> float:
    """What is known of a touchpoint, at the right; gives its width. ``silent`` about one that nobody answered."""
    canvas, theme, words, figure = page.canvas, page.theme, page.words, touchpoint.headline
    body: FontStyle = page.typography.body
    if figure.status is FigureStatus.NONE:
        if silent:
            return 0.0
        return canvas.text(RIGHT, y, words("map.none"), body, theme.on_grey, align=Align.RIGHT)
    if figure.status is FigureStatus.WITHHELD:
        width = canvas.text(RIGHT, y, words("map.withheld"), body, theme.on_grey, align=Align.RIGHT)
        canvas.icon("lock", RIGHT - width - 28, y - 13, 34, theme.on_grey)
        return width + 48
    mood, sure = figure.mood(page.gauge), figure.is_certain(page.gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    of = (
        words("map.of", n=words.number(figure.n))
        if page.gauge.spec.is_percent
        else f"· {words('map.answers', n=figure.n)}"
    )
    pieces: list[TextPiece] = [
        (page.gauge.format_figure(figure.value, words), page.typography.strong, colour),
        (f" {of}", body, theme.quiet),
    ]
    width = canvas.text_run(RIGHT, y, pieces, align=Align.RIGHT)
    if mood is None or not sure:
        canvas.face(RIGHT - width - 32, y - 12, 19, mood, is_certain=sure)
        width += 56
    return width


def _draw_barrier(page: PhonePage, barrier: Barrier, y: float) -> float:
    canvas, theme = page.canvas, page.theme
    canvas.icon("barrier", LEFT + 18, y - 12, 38, theme.ink)
    count = page.words("map.times", count=page.words.number(barrier.n))
    taken = canvas.text(RIGHT, y, count, page.typography.name, theme.ink, align=Align.RIGHT)
    lines = canvas.paragraph(
        TEXT, y, barrier.theme, page.typography.body, theme.ink, room=RIGHT - TEXT - taken - 24, most=2
    )
    return y + (lines - 1) * page.typography.body.line


def _draw_voice(page: PhonePage, voice: Voice, y: float) -> float:
    canvas, style = page.canvas, page.typography.quote
    lines = canvas.paragraph(TEXT, y, quote_text(voice.text, page.words), style, page.theme.quiet, room=RIGHT - TEXT)
    height = 38 + (lines - 1) * style.line
    canvas.box(
        Box(LEFT + 15, y - 30, 5, height), 2.5, page.theme.ghost if voice.mood is None else page.theme.moods[voice.mood]
    )
    return y + (lines - 1) * style.line
