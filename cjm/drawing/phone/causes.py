"""The lower half of a phone row: the touchpoint with the lowest figure, the top barrier and a customer's words.

No touchpoint is called the weakest: its figure may be the lowest by chance.
"""

from cjm.drawing.canvas import Align, StyledText
from cjm.drawing.captions import audience_text, quote_text, share_of_text
from cjm.drawing.phone.page import INDENT, LEFT, RIGHT, STEP, PhonePage
from cjm.drawing.presentation import FigureStatus, StagePresentation, TouchpointPresentation
from cjm.drawing.primitives import Box
from cjm.drawing.symbols import channel_symbol
from cjm.drawing.theme import FontStyle
from cjm.figures.journey_map import Barrier, Voice

TEXT_LEFT = LEFT + INDENT
MOST_TOUCHPOINTS = 3  # of a stage without a judged one; the others are counted


def draw_causes(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw the touchpoint with the lowest judged figure, the top barrier and a voice; return the last baseline.

    While no touchpoint is judged, the first declared ones stand instead, below the goal if nobody answered.
    """
    if stage.judged_touchpoints:
        y = _draw_touchpoint(page, stage, stage.judged_touchpoints[0], y + STEP + 4)
    else:
        y = _draw_goal_and_touchpoints(page, stage, y)
    if stage.barriers:
        y = _draw_barrier(page, stage.barriers[0], y + STEP)
    if stage.voices:
        y = _draw_voice(page, stage.voices[0], y + STEP)
    return y


def _draw_goal_and_touchpoints(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw the customer's goal, before anybody answered, and the touchpoints as the team declared them."""
    if stage.figures.goal and not stage.headline.n:
        y += STEP
        lines = page.canvas.paragraph(
            LEFT, y, stage.figures.goal, page.typography.body, page.theme.quiet, max_width=RIGHT - LEFT
        )
        y += (lines - 1) * page.typography.body.line
    shown = stage.touchpoints[:MOST_TOUCHPOINTS]
    for touchpoint in shown:
        y = _draw_touchpoint(page, stage, touchpoint, y + STEP)
    if more := len(stage.touchpoints) - len(shown):
        y += STEP
        page.canvas.text(
            TEXT_LEFT,
            y,
            page.words("map.more", n=more),
            page.typography.body,
            page.theme.quiet,
            max_width=RIGHT - TEXT_LEFT,
        )
    return y


def _draw_touchpoint(page: PhonePage, stage: StagePresentation, touchpoint: TouchpointPresentation, y: float) -> float:
    """Draw icon, name, star and figure."""
    canvas, theme, figures = page.canvas, page.theme, touchpoint.figures
    known = touchpoint.headline.is_judged or page.presentation.is_empty
    colour = theme.ink if known else theme.on_grey
    canvas.icon(channel_symbol(figures.channel), LEFT + 18, y - 12, 38, colour)
    end = RIGHT - _draw_touchpoint_score(page, touchpoint, y, silent=not stage.headline.n) - 24
    star = 52 if figures.moment_of_truth else 0
    lines = canvas.wrap(figures.title, page.typography.name, end - TEXT_LEFT - star, max_lines=2)
    width = 0.0
    for i, line in enumerate(lines):
        width = canvas.text(TEXT_LEFT, y + i * page.typography.name.line, line, page.typography.name, colour)
    y += (len(lines) - 1) * page.typography.name.line
    if star:
        canvas.star(TEXT_LEFT + width + 32, y - 13, 19)
    return y


def _draw_touchpoint_score(page: PhonePage, touchpoint: TouchpointPresentation, y: float, *, silent: bool) -> float:
    """Draw figure and n at the right, or the reason why there is none; return the width.

    ``silent`` leaves out "no answers", where the whole stage has none and says so already.
    """
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
    mood, is_certain = figure.mood(page.gauge), figure.is_certain(page.gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    if page.gauge.spec.is_percent:
        of = share_of_text(figure, words)
    else:
        of = f"· {audience_text(page.presentation, figure, words)[0]}"
    pieces: list[StyledText] = [
        (page.gauge.format_figure(figure.value, words), page.typography.strong, colour),
        (f" {of}", body, theme.quiet),
    ]
    width = canvas.text_run(RIGHT, y, pieces, align=Align.RIGHT)
    # Where the figure is certain its colour says enough; a face is drawn to show stripes or hatching.
    if mood is None or not is_certain:
        canvas.face(RIGHT - width - 32, y - 12, 19, mood, is_certain=is_certain)
        width += 56
    return width


def _draw_barrier(page: PhonePage, barrier: Barrier, y: float) -> float:
    canvas, theme = page.canvas, page.theme
    canvas.icon("barrier", LEFT + 18, y - 12, 38, theme.ink)
    # The count stands at the right edge, where the figures of the touchpoints above stand.
    count = page.words("map.times", count=page.words.number(barrier.n))
    taken = canvas.text(RIGHT, y, count, page.typography.name, theme.ink, align=Align.RIGHT)
    lines = canvas.paragraph(
        TEXT_LEFT,
        y,
        barrier.theme,
        page.typography.body,
        theme.ink,
        max_width=RIGHT - TEXT_LEFT - taken - 24,
        max_lines=2,
    )
    return y + (lines - 1) * page.typography.body.line


def _draw_voice(page: PhonePage, voice: Voice, y: float) -> float:
    canvas, style = page.canvas, page.typography.quote
    lines = canvas.paragraph(
        TEXT_LEFT, y, quote_text(voice.text, page.words), style, page.theme.quiet, max_width=RIGHT - TEXT_LEFT
    )
    height = 38 + (lines - 1) * style.line
    canvas.box(
        Box(LEFT + 15, y - 30, 5, height), 2.5, page.theme.ghost if voice.mood is None else page.theme.moods[voice.mood]
    )
    return y + (lines - 1) * style.line
