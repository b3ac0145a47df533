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
MOST_LINES = 4  # of a name or a barrier: 60 letters beside a figure
MOST_TOUCHPOINTS = 3  # of a stage without a judged one; the others are counted


def draw_causes(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw the touchpoint with the lowest judged figure, the top barrier and a voice; return the last baseline.

    While no touchpoint is judged, the first declared ones stand instead, below the goal if nobody answered. Where
    nobody answered, complaints are all that is known.
    """
    if stage.judged_touchpoints:
        y = _draw_touchpoint(page, stage, stage.judged_touchpoints[0], y + STEP + 4)
    else:
        y = _draw_goal_and_touchpoints(page, stage, y)
    if stage.figures.complaints and not stage.headline.n:
        y = _draw_complaints(page, stage.figures.complaints, y + STEP)
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
    star = 52 if figures.moment_of_truth else 0
    style, room = page.typography.name, RIGHT - TEXT_LEFT - star
    has_note = touchpoint.headline.status is FigureStatus.NONE
    taken = 0.0 if has_note else _draw_touchpoint_score(page, touchpoint, y) + 24
    lines = canvas.wrap(figures.title, style, room - taken, max_lines=MOST_LINES)
    width = canvas.lines(TEXT_LEFT, y, lines, style, colour)
    y += (len(lines) - 1) * style.line
    if star:
        canvas.star(TEXT_LEFT + width + 32, y - 13, 19)
    # Where the whole stage has no answers it says so itself.
    return _draw_no_answers(page, TEXT_LEFT + width + star, y) if has_note and stage.headline.n else y


def _draw_no_answers(page: PhonePage, taken: float, y: float) -> float:
    """Draw "no answers yet" beside the last line of a name that ends at ``taken``, or below it: the name goes first."""
    note, style = page.words("map.none"), page.typography.body
    if taken + 24 + page.canvas.text_width(note, style) > RIGHT:
        y += STEP
    page.canvas.text(RIGHT, y, note, style, page.theme.on_grey, align=Align.RIGHT, max_width=RIGHT - TEXT_LEFT)
    return y


def _draw_touchpoint_score(page: PhonePage, touchpoint: TouchpointPresentation, y: float) -> float:
    """Draw face, figure and n at the right, or a lock where they are withheld; return the width."""
    canvas, theme, words, figure = page.canvas, page.theme, page.words, touchpoint.headline
    body: FontStyle = page.typography.body
    if figure.status is FigureStatus.WITHHELD:
        canvas.icon("lock", RIGHT - 17, y - 13, 34, theme.on_grey)
        return 34
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
    canvas.face(RIGHT - width - 32, y - 12, 19, mood, is_certain=is_certain)
    return width + 56


def _draw_complaints(page: PhonePage, complaints: int, y: float) -> float:
    page.canvas.icon("complaint", LEFT + 18, y - 12, 38, page.theme.ink)
    text, style = page.words("map.complaints", n=complaints), page.typography.body
    page.canvas.text(TEXT_LEFT, y, text, style, page.theme.ink, max_width=RIGHT - TEXT_LEFT)
    return y


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
        max_lines=MOST_LINES,
    )
    return y + (lines - 1) * page.typography.body.line


def _draw_voice(page: PhonePage, voice: Voice, y: float) -> float:
    canvas, style = page.canvas, page.typography.quote
    lines = canvas.paragraph(
        TEXT_LEFT, y, quote_text(voice.text, page.words), style, page.theme.quiet, max_width=RIGHT - TEXT_LEFT
    )
    if voice.mood is None:
        canvas.box(Box(LEFT + 15, y - 30, 5, 38 + (lines - 1) * style.line), 2.5, page.theme.ghost)
    else:  # the face of who said it, where the other rows have their symbols
        canvas.face(LEFT + 18, y - 12, 17, voice.mood)
    return y + (lines - 1) * style.line
