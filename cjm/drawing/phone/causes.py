"""The lower half of a phone row: the touchpoint with the lowest figure, the top barrier and a customer's words.

No touchpoint is called the weakest: its figure may be the lowest by chance.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cjm.drawing.canvas import Align, StyledText
from cjm.drawing.captions import audience_text, quote_text, share_of_text
from cjm.drawing.phone.page import INDENT, LEFT, RIGHT, STEP, PhonePage
from cjm.drawing.presentation import FigureStatus, StagePresentation, TouchpointPresentation
from cjm.drawing.primitives import Box
from cjm.drawing.shapes.symbols import channel_symbol
from cjm.figures.journey_map import Barrier, LostReason
from cjm.figures.map_parts.voice import Voice
from cjm.wording.choice_words import lost_reason_text

TEXT_LEFT = LEFT + INDENT
MOST_LINES = 4  # of a name or a barrier: 60 letters beside a figure
MOST_TOUCHPOINTS = 3  # of a stage without a judged one


def draw_causes(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw a touchpoint, the top barrier or why people did not go on, and a voice; return the last baseline.

    The touchpoint is the one with the lowest judged figure. Where nobody answered, complaints are all that is known.
    """
    if stage.judged_touchpoints:
        y = _draw_touchpoint(page, stage, stage.judged_touchpoints[0], y + STEP)
    elif stage.headline.n:
        y = _draw_unjudged_touchpoints(page, stage, y)
    else:
        y = _draw_goal_and_touchpoints(page, stage, y)
    if stage.figures.complaints and not stage.headline.n:
        y = _draw_complaints(page, stage.figures.complaints, y + STEP)
    if stage.barriers:
        y = _draw_barrier(page, stage.barriers[0], y + STEP)
    elif stage.figures.lost_reasons and stage.headline.status is not FigureStatus.WITHHELD:
        y = _draw_lost_reason(page, stage.figures.lost_reasons[0], y + STEP)
    if stage.voices:
        y = _draw_voice(page, stage.voices[0], y + STEP)
    return y


def _draw_unjudged_touchpoints(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw the touchpoints that have answers, though too few to judge; of the others only that they have none."""
    answered = [touchpoint for touchpoint in stage.touchpoints if touchpoint.headline.n]
    for touchpoint in answered[:MOST_TOUCHPOINTS]:
        y = _draw_touchpoint(page, stage, touchpoint, y + STEP)
    if stage.touchpoints and not answered:
        y += STEP
        text = f"{page.words('map.lane.touchpoints')}: {page.words('map.none')}"
        page.canvas.text(LEFT, y, text, page.typography.body, page.theme.on_grey, max_width=RIGHT - LEFT)
    return y


def _draw_goal_and_touchpoints(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw the customer's goal, as nobody answered, and the touchpoints as the team declared them."""
    canvas, style = page.canvas, page.typography.body
    if stage.figures.goal:
        y += STEP
        lines = canvas.paragraph(LEFT, y, stage.figures.goal, style, page.theme.quiet, max_width=RIGHT - LEFT)
        y += (lines - 1) * style.line
    shown = stage.touchpoints[:MOST_TOUCHPOINTS]
    for touchpoint in shown:
        y = _draw_touchpoint(page, stage, touchpoint, y + STEP)
    if more := len(stage.touchpoints) - len(shown):
        y += STEP
        text = page.words("map.more", n=more)
        canvas.text(TEXT_LEFT, y, text, style, page.theme.quiet, max_width=RIGHT - TEXT_LEFT)
    return y


def _draw_touchpoint(page: PhonePage, stage: StagePresentation, touchpoint: TouchpointPresentation, y: float) -> float:
    """Draw icon, name, star and figure."""
    canvas, theme, figures = page.canvas, page.theme, touchpoint.figures
    known = touchpoint.headline.is_judged or page.presentation.is_empty
    colour = theme.ink if known else theme.on_grey
    canvas.icon(channel_symbol(figures.channel), LEFT + 18, y - 12, 38, colour)
    star = 52 if figures.moment_of_truth else 0
    style, score = page.typography.name, _touchpoint_score(page, touchpoint)
    taken = star + (score.width + 24 if score else 0.0)
    lines = canvas.wrap_before(figures.title, style, RIGHT - TEXT_LEFT, taken, max_lines=MOST_LINES)
    width = canvas.lines(TEXT_LEFT, y, lines, style, colour)
    y += (len(lines) - 1) * style.line
    if score:
        score.draw(y)
    if star:
        canvas.star(TEXT_LEFT + width + 32, y - 13, 19)
    return y


@dataclass(frozen=True, slots=True)
class TouchpointScore:
    """Figure at the right end of a touchpoint's last line; ``draw`` takes the line's baseline."""

    width: float
    draw: Callable[[float], None]


def _touchpoint_score(page: PhonePage, touchpoint: TouchpointPresentation) -> TouchpointScore | None:
    """Return face, figure and n, or a lock where they are withheld; None without answers: the stage says so."""
    canvas, theme, words, figure = page.canvas, page.theme, page.words, touchpoint.headline
    if figure.status is FigureStatus.NONE:
        return None
    if figure.status is FigureStatus.WITHHELD:
        return TouchpointScore(34, lambda y: canvas.icon("lock", RIGHT - 17, y - 13, 34, theme.on_grey))
    mood, is_certain = figure.mood(page.gauge), figure.is_certain(page.gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    if page.gauge.spec.is_percent:
        of = share_of_text(figure, words)
    else:
        of = f"· {audience_text(page.presentation, figure, words)[0]}"
    pieces: list[StyledText] = [
        (page.gauge.format_figure(figure.value, words), page.typography.strong, colour),
        (f" {of}", page.typography.body, theme.quiet),
    ]
    width = canvas.text_run_width(pieces)

    def draw(y: float) -> None:
        canvas.text_run(RIGHT, y, pieces, align=Align.RIGHT)
        canvas.face(RIGHT - width - 32, y - 12, 19, mood, is_certain=is_certain)

    return TouchpointScore(width + 56, draw)


def _draw_complaints(page: PhonePage, complaints: int, y: float) -> float:
    page.canvas.icon("complaint", LEFT + 18, y - 12, 38, page.theme.ink)
    text, style = page.words("map.complaints", n=complaints), page.typography.body
    page.canvas.text(TEXT_LEFT, y, text, style, page.theme.ink, max_width=RIGHT - TEXT_LEFT)
    return y


def _draw_barrier(page: PhonePage, barrier: Barrier, y: float) -> float:
    canvas, theme, style = page.canvas, page.theme, page.typography.body
    canvas.icon("barrier", LEFT + 18, y - 12, 38, theme.ink)
    # The count stands at the right edge, where the figures of the touchpoints above stand.
    count = page.words("map.times", count=page.words.number(barrier.n))
    taken = canvas.text_width(count, page.typography.name) + 24
    lines = canvas.wrap_before(barrier.theme, style, RIGHT - TEXT_LEFT, taken, max_lines=MOST_LINES)
    canvas.lines(TEXT_LEFT, y, lines, style, theme.ink)
    y += (len(lines) - 1) * style.line
    canvas.text(RIGHT, y, count, page.typography.name, theme.ink, align=Align.RIGHT)
    return y


def _draw_lost_reason(page: PhonePage, reason: LostReason, y: float) -> float:
    """Draw why most of those who did not go on say they left: a stage without barriers has no other cause."""
    canvas, theme, style = page.canvas, page.theme, page.typography.body
    canvas.icon("left", LEFT + 18, y - 12, 38, theme.ink)
    text = lost_reason_text(reason, page.words)
    room = RIGHT - TEXT_LEFT
    lines = canvas.paragraph(TEXT_LEFT, y, text, style, theme.ink, max_width=room, max_lines=MOST_LINES)
    return y + (lines - 1) * style.line


def _draw_voice(page: PhonePage, voice: Voice, y: float) -> float:
    canvas, style = page.canvas, page.typography.quote
    text, most = quote_text(voice.text, page.words), 2 if page.is_dense else 3
    lines = canvas.paragraph(TEXT_LEFT, y, text, style, page.theme.quiet, max_width=RIGHT - TEXT_LEFT, max_lines=most)
    if voice.mood is None:
        canvas.box(Box(LEFT + 15, y - 30, 5, 38 + (lines - 1) * style.line), 2.5, page.theme.ghost)
    else:  # the face of who said it, where the other rows have their symbols
        canvas.face(LEFT + 18, y - 12, 17, voice.mood)
    return y + (lines - 1) * style.line
