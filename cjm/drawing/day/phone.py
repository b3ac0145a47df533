"""Day in the life on a phone: portrait, a row for each part of the day, along an arc at the left."""

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.captions import filter_text
from cjm.drawing.day.present import ShownPart, bar_share, lead_sentences, list_parts
from cjm.drawing.day.sun import draw_arc, draw_light, sun_height
from cjm.drawing.phone.page import MARGIN, RIGHT
from cjm.drawing.phone.portrait import PortraitPage
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture, Point
from cjm.drawing.theme import Theme
from cjm.drawing.typeset import TextMeasure
from cjm.figures.day.day_figures import DayFigures
from cjm.wording.count_words import customers_text
from cjm.wording.day.day_words import (
    complaints_text,
    hour_texts,
    note_texts,
    places_text,
    quote_lines,
    share_text,
    writers_text,
)
from cjm.wording.words import FigureWords

LEFT = 216  # of the texts of a row
INDENT = LEFT - MARGIN
LANE_LEFT, LANE_WIDTH = MARGIN + 26, 96  # of the arc
BAR_HEIGHT, BAR_ROOM = 30, 250  # BAR_ROOM: the number of visits, right of the longest bar
FACE, SCORE_LEFT, SCORE_WIDTH = 28, LEFT + 76, 250
MOST_LINES = 3  # of a quote


def lay_out_day_phone(presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme) -> Picture:
    """Place everything of the picture; it is as high as its content."""
    page = PortraitPage(Canvas(measure, theme, words.language), presentation, words)
    journey_map, type_ = presentation.journey_map, page.typography
    facts = [page.describe_days(), filter_text(presentation, words), customers_text(journey_map, words)]
    y = page.draw_head(journey_map.title, facts)
    for sentence in lead_sentences(presentation, words):
        y = page.draw_text(y + 18, sentence, type_.takeaway, theme.ink, most=5)
    parts = list_parts(presentation, words)
    anchors: list[Point] = []
    for part in parts:
        y = _draw_part(page, part, y, anchors)
    if anchors:
        _draw_lane(page, parts, anchors, y)
    y = _draw_hours(page, y)
    y = page.draw_foot(y, [part.figure for part in parts])
    for note in note_texts(journey_map, words):
        y = page.draw_text(y + 6, note, type_.body, theme.quiet, most=4)
    return page.to_picture(y)


def _draw_part(page: PortraitPage, part: ShownPart, y: float, anchors: list[Point]) -> float:
    """Draw the row of a part of the day; return its last baseline, and add the place of its sun."""
    canvas, type_, theme, words, day = page.canvas, page.typography, page.theme, page.words, _day_of(page)
    top = y + 40
    canvas.rule(LEFT, RIGHT, top, 2)
    y = top + 66
    share = share_text(part.figures, day, words) if part.figures.visits else ""
    taken = canvas.text(RIGHT, y, share, type_.lead_strong, theme.structure, align=Align.RIGHT)
    wide = canvas.text(LEFT, y, part.title, type_.stage, theme.ink, max_width=RIGHT - LEFT - taken - 150)
    canvas.text(LEFT + wide + 22, y, part.hours, type_.body, theme.quiet)
    anchors.append((LANE_LEFT + LANE_WIDTH * sun_height((part.place + 0.5) / 5), y - 14))
    y = _draw_visits(page, part, y + 58)
    if part.figure.n:
        y = _draw_score(page, part, y + 58)
    elif part.figures.visits and day.is_scored:
        y = page.draw_text(y, words("map.none"), type_.body, theme.quiet, indent=INDENT)
    y = page.draw_text(y + 8, places_text(part.figures, words), type_.body, theme.ink, most=3, indent=INDENT)
    if text := complaints_text(part.figures, words):
        canvas.icon("complaint", LEFT + 18, y + 32, 36, theme.accent)
        y = page.draw_text(y, text, type_.body, theme.ink, indent=INDENT + 54)
    y = _draw_diary(page, part, y)
    if part.is_weakest:
        canvas.box(Box(LEFT - 22, top + 2, RIGHT - LEFT + 44, y + 26 - top), 18, theme.tint, layer=Layer.GROUND)
    canvas.region(part.title, Box(LEFT, top + 2, RIGHT - LEFT, y + 20 - top))
    return y


def _day_of(page: PortraitPage) -> DayFigures:
    day = page.presentation.journey_map.day
    assert day is not None  # a part of the day belongs to one
    return day


def _draw_visits(page: PortraitPage, part: ShownPart, y: float) -> float:
    canvas, type_, theme = page.canvas, page.typography, page.theme
    if not part.figures.visits:
        canvas.text(LEFT, y, page.words("day.no_visits"), type_.body, theme.quiet, max_width=RIGHT - LEFT)
        return y
    width = max(6.0, (RIGHT - LEFT - BAR_ROOM) * bar_share(part.figures, _day_of(page)))
    fill = theme.structure if part.is_busiest else theme.ghost
    canvas.box(Box(LEFT, y - 26, width, BAR_HEIGHT), 6, fill)
    visits = page.words("map.visits", n=part.figures.visits)
    canvas.text(LEFT + width + 20, y, visits, type_.body, theme.ink, max_width=RIGHT - LEFT - width - 20)
    return y


def _draw_score(page: PortraitPage, part: ShownPart, y: float) -> float:
    canvas, type_, theme, figure = page.canvas, page.typography, page.theme, part.figure
    left = float(LEFT + 50)
    if figure.is_visible:
        mood = figure.mood(page.gauge)
        is_certain = mood is None or figure.is_certain(page.gauge)
        canvas.face(LEFT + FACE, y - 12, FACE, mood, is_certain=is_certain)
        page.draw_bar(SCORE_LEFT, y - 12, SCORE_WIDTH, figure)
        colour = theme.on_grey if mood is None else theme.mood_texts[mood]
        value = page.gauge.format_figure(figure.value, page.words)
        left = SCORE_LEFT + SCORE_WIDTH + 28
        left += canvas.text(left, y, value, type_.lead_strong, colour) + 22
    else:
        canvas.icon("lock", LEFT + 18, y - 12, 36, theme.on_grey)
    lines = canvas.wrap(page.describe_audience(figure), type_.body, RIGHT - left, 3)
    canvas.lines(left, y, lines, type_.body, theme.quiet)
    return y + (len(lines) - 1) * type_.body.line


def _draw_diary(page: PortraitPage, part: ShownPart, y: float) -> float:
    """Draw what somebody did, wished and was hindered by, and how many people wrote."""
    type_, theme = page.typography, page.theme
    for question, text in quote_lines(part.figures, page.words):
        label = f"{page.words(f'day.{question}')}:  "
        wide = page.canvas.text_width(label, type_.name)
        page.canvas.text(LEFT, y + 8 + type_.name.line, label, type_.name, theme.structure)
        if wide + page.canvas.text_width(text, type_.quote) <= RIGHT - LEFT:
            y = page.draw_text(y + 8, text, type_.quote, theme.ink, most=1, indent=INDENT + wide)
        else:
            y = page.draw_text(y + 8 + type_.name.line, text, type_.quote, theme.ink, most=MOST_LINES, indent=INDENT)
    writers = writers_text(part.figures, page.presentation.journey_map, page.words)
    return page.draw_text(y + 4, writers, type_.body, theme.quiet, most=3, indent=INDENT)


def _draw_lane(page: PortraitPage, parts: list[ShownPart], anchors: list[Point], bottom: float) -> None:
    """Draw the arc from the first row to below the last one, with sun and moon at each."""
    ends = (LANE_LEFT, anchors[0][1] - 40), (LANE_LEFT, max(bottom, anchors[-1][1] + 40))
    draw_arc(page.canvas, [ends[0], *anchors, ends[1]], width=5, is_upright=True)
    for part, (x, y) in zip(parts, anchors, strict=True):
        draw_light(page.canvas, part.figures.part, x, y, 22)


def _draw_hours(page: PortraitPage, y: float) -> float:
    """Draw when people answer below a heading."""
    day = page.presentation.journey_map.day
    texts = hour_texts(day, page.words) if day is not None else []
    if not texts:
        return y
    y = page.draw_heading(y, page.words("day.heading.hour"))
    y = page.draw_text(y + 4, texts[0], page.typography.body, page.theme.ink, most=5)
    for text in texts[1:]:
        y = page.draw_text(y, text, page.typography.body, page.theme.quiet)
    return y
