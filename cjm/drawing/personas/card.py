"""Card of a persona: portrait; what was measured of it first, below what the team assumed."""

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.personas.present import present_persona
from cjm.drawing.phone.page import MARGIN, RIGHT
from cjm.drawing.phone.portrait import ROOM, PortraitPage
from cjm.drawing.presentation import FigurePresentation, MapPresentation
from cjm.drawing.primitives import Box, Picture
from cjm.drawing.theme import Theme
from cjm.drawing.typeset import TextMeasure
from cjm.figures.map_parts.persona_figures import PersonaFigures
from cjm.wording.line_start import begin_line
from cjm.wording.personas.persona_words import TYPED, share_text, who_text
from cjm.wording.plan_words import channel_name, voice_text
from cjm.wording.words import FigureWords

FACE = 30
BAR_LEFT, BAR_WIDTH = MARGIN + 84, 320
FIGURE_LEFT = BAR_LEFT + BAR_WIDTH + 36
MOST_LINES = 12  # of one typed text: a page of prose on a card would hide the rest


def lay_out_card(
    presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme, page: int
) -> Picture:
    """Place everything of the card of one persona; a page beyond the last one is the last one."""
    personas = presentation.journey_map.personas
    number = max(0, min(page, len(personas) - 1))
    persona = personas[number]
    sheet = PortraitPage(Canvas(measure, theme, words.language), presentation, words)
    turned = [words("map.page", page=number + 1, pages=len(personas))] if len(personas) > 1 else []
    y = sheet.draw_head(persona.title, [presentation.journey_map.title, sheet.describe_days(), *turned])
    y = sheet.draw_text(y + 16, who_text(persona, words), sheet.typography.purpose, theme.ink, most=6)
    y = _draw_share(sheet, persona, y)
    figures = present_persona(presentation, persona)
    y = _draw_scores(sheet, persona, figures, y)
    y = _draw_voice(sheet, persona, y)
    y = _draw_typed(sheet, persona, y)
    return sheet.to_picture(sheet.draw_foot(y, figures))


def _draw_share(page: PortraitPage, persona: PersonaFigures, y: float) -> float:
    """Draw the share of the visitors, large where there is one; else why there is none."""
    text = share_text(persona, page.presentation.journey_map, page.words)
    share, type_ = persona.share, page.typography
    if share is None or share.value is None:
        return page.draw_text(y + 24, text, type_.name, page.theme.ink)
    y += 104
    figure = page.words.percent(share.value / 100)
    width = page.canvas.text(MARGIN, y, figure, type_.figure, page.theme.structure) + 28
    rest = text.partition(figure)[2].strip() or text
    lines = page.canvas.wrap(rest, type_.body, ROOM - width, 3)
    first = y - (len(lines) - 1) * type_.body.line
    page.canvas.lines(MARGIN + width, max(first, y - type_.body.line), lines, type_.body, page.theme.quiet)
    return max(y, max(first, y - type_.body.line) + (len(lines) - 1) * type_.body.line)


def _draw_scores(
    page: PortraitPage, persona: PersonaFigures, figures: tuple[FigurePresentation, ...], y: float
) -> float:
    """Draw a row for each stage at which somebody of the persona answered."""
    if not persona.has_rule:
        return y
    y = page.draw_heading(y, page.words("persona.heading.scores"))
    if not any(figure.n for figure in figures):
        return page.draw_text(y + 4, page.words("persona.no_answers"), page.typography.body, page.theme.quiet)
    for stage, figure in zip(page.presentation.stages, figures, strict=True):
        y = _draw_stage(page, stage.figures.title, figure, y)
    return y


def _draw_stage(page: PortraitPage, title: str, figure: FigurePresentation, y: float) -> float:
    canvas, type_, theme = page.canvas, page.typography, page.theme
    top = y + 20
    y += 62
    canvas.text(BAR_LEFT, y, title, type_.name, theme.ink, max_width=RIGHT - BAR_LEFT)
    y += 50
    if figure.is_visible:
        mood = figure.mood(page.gauge)
        canvas.face(MARGIN + FACE + 4, y - 36, FACE, mood, is_certain=mood is None or figure.is_certain(page.gauge))
        page.draw_bar(BAR_LEFT, y - 12, BAR_WIDTH, figure)
        colour = theme.on_grey if mood is None else theme.mood_texts[mood]
        value = page.gauge.format_figure(figure.value, page.words)
        left = FIGURE_LEFT + canvas.text(FIGURE_LEFT, y, value, type_.lead_strong, colour) + 24
    else:
        if figure.n:
            canvas.icon("lock", MARGIN + FACE + 4, y - 36, 40, theme.on_grey)
        left = float(BAR_LEFT)
    lines = canvas.wrap(page.describe_audience(figure), type_.body, RIGHT - left, 2)
    canvas.lines(left, y, lines, type_.body, theme.quiet)
    y += (len(lines) - 1) * type_.body.line
    canvas.region(title, Box(MARGIN, top, ROOM, y + 12 - top))
    return y


def _draw_voice(page: PortraitPage, persona: PersonaFigures, y: float) -> float:
    """Draw words of a customer of this persona, and the stage that they are about."""
    if persona.voice is None or not persona.voice.text:
        return y
    y = page.draw_heading(y, page.words("persona.heading.voice"))
    text = voice_text(persona.voice, page.words)
    y = page.draw_text(y + 4, text, page.typography.quote, page.theme.ink, most=8)
    return page.draw_text(y + 4, persona.voice_stage, page.typography.body, page.theme.quiet, most=2)


def _draw_typed(page: PortraitPage, persona: PersonaFigures, y: float) -> float:
    """Draw what the team typed, which is called assumed."""
    texts = {name: getattr(persona.texts, name) for name in TYPED}
    if persona.texts.channel:
        texts["channel"] = begin_line(channel_name(persona.texts.channel, page.words))
    for name, text in texts.items():
        if text:
            y = _draw_text_of(page, name, text, y)
    return y


def _draw_text_of(page: PortraitPage, name: str, text: str, y: float) -> float:
    """Draw a heading with the mark "assumed" at its right, and the text below."""
    canvas, type_, theme = page.canvas, page.typography, page.theme
    canvas.rule(MARGIN, RIGHT, y + 36, 2)
    y += 92
    width = canvas.text(RIGHT, y, page.words("map.lane.assumed"), type_.quote, theme.quiet, align=Align.RIGHT)
    heading = page.words(f"persona.heading.{name}")
    canvas.text(MARGIN, y, heading, type_.stage_long, theme.ink, max_width=ROOM - width - 28)
    return page.draw_text(y + 6, text, type_.body, theme.ink, most=MOST_LINES)
