"""Day in the life in landscape: columns are the parts of the day, below an arc of the sun.

A wall has all lanes and is as high as its content. A slide is 16:9 and has its message as the title; what people do,
wish and are hindered by does not fit there.
"""

from collections.abc import Callable, Sequence

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.captions import filter_text
from cjm.drawing.day.notes import draw_notes, has_best_hour, join_notes, list_hour_notes, list_meanings
from cjm.drawing.day.part_scores import draw_scores
from cjm.drawing.day.present import ShownPart, bar_share, lead_sentences, list_parts
from cjm.drawing.day.sheet import GUTTER, DaySheet
from cjm.drawing.day.sun import draw_arc, draw_light, sun_height
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.slide.page import HEIGHT, WIDTH
from cjm.drawing.theme import SLIDE_TYPOGRAPHY, WALL_TYPOGRAPHY, FontStyle, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.journeys.parts.diary_question import DiaryQuestion
from cjm.wording.count_words import customers_text
from cjm.wording.day.day_words import note_texts, quote_lines, share_text, writers_text
from cjm.wording.words import FigureWords

MOST_LINES = 4  # of a text in a column


def lay_out_day_wall(presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme) -> Picture:
    """Place everything of a wall."""
    canvas, parts = Canvas(measure, theme, words.language), list_parts(presentation, words)
    sheet = DaySheet(canvas, presentation, words, parts, WALL_TYPOGRAPHY, 48, 190)
    y = _draw_head(sheet, most=3)
    for text in list_hour_notes(sheet):
        y += 1.6 * sheet.unit
        style = sheet.typography.strong if has_best_hour(sheet) else sheet.typography.body
        canvas.text(sheet.margin, y, text, style, theme.ink, max_width=sheet.right - sheet.margin)
    if parts:
        y = _draw_columns(sheet, y + 20, arc=150, bars=170)
        y = _draw_lanes(sheet, y)
    y = draw_notes(sheet, y + 34, note_texts(presentation.journey_map, words))
    return canvas.to_picture(WIDTH, y + 30)


def lay_out_day_slide(presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme) -> Picture:
    """Place everything of a slide: arc and bars take the height that texts leave."""
    canvas, parts = Canvas(measure, theme, words.language), list_parts(presentation, words)
    sheet = DaySheet(canvas, presentation, words, parts, SLIDE_TYPOGRAPHY, 72, 0)
    head = _draw_head(sheet, most=2)
    style = sheet.typography.body
    # What must be known of the figures comes first: what does not fit is cut at the end.
    others = note_texts(presentation.journey_map, words, has_quotes=False)
    texts = [*list_meanings(sheet), *others, *list_hour_notes(sheet)]
    notes = canvas.wrap(join_notes(texts), style, sheet.right - sheet.margin, 5)
    foot = HEIGHT - 36 - (len(notes) - 1) * style.line
    canvas.lines(sheet.margin, foot, notes, style, theme.quiet)
    if parts:
        # Titles, faces, figures and counts stand below the bars; what is left is divided between bars and arc.
        room = foot - 60 - head - 24 - _titles_height(sheet) - 150
        y = _draw_columns(sheet, head + 24, arc=0.4 * room, bars=0.6 * room)
        draw_scores(sheet, y)
    return canvas.to_picture(WIDTH, HEIGHT)


def _draw_head(sheet: DaySheet, most: int) -> float:
    """Draw kind and title, the sentence that matters, and what the picture is about; return the last baseline."""
    canvas, type_, theme, words = sheet.canvas, sheet.typography, sheet.theme, sheet.words
    journey_map, room, unit = sheet.presentation.journey_map, sheet.right - sheet.margin, sheet.unit
    y = 2.4 * unit
    kind = words("map.kind.day")
    wide = canvas.text(sheet.margin, y, kind, type_.lead_strong, theme.structure, max_width=room)
    as_of = words("map.as_of", moment=words.moment(journey_map.as_of))
    canvas.text(sheet.right, y, as_of, type_.body, theme.quiet, align=Align.RIGHT, max_width=room - wide - 40)
    title = FontStyle(1.9 * unit, type_.title.weight, 1.16)
    lines = canvas.wrap_title(journey_map.title, title, room, 2)
    y += 2.6 * unit
    canvas.lines(sheet.margin, y, lines, title, theme.ink)
    y += (len(lines) - 1) * title.line
    style = FontStyle(1.45 * unit, type_.takeaway.weight, 1.22)
    for sentence in lead_sentences(sheet.presentation, words)[:2]:
        y += 1.55 * style.px
        count = canvas.paragraph(sheet.margin, y, sentence, style, theme.ink, max_width=room, max_lines=most)
        y += (count - 1) * style.line
    days = words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date())
    facts = [days, filter_text(sheet.presentation, words), customers_text(journey_map, words)]
    if sheet.parts:
        facts.append(words("map.visits", n=sheet.day.timed_visits + sheet.day.unknown))
    y += 1.8 * unit
    canvas.text(sheet.margin, y, "  ·  ".join(filter(None, facts)), type_.body, theme.quiet, max_width=room)
    return y


def _titles_height(sheet: DaySheet) -> float:
    return 3.6 * sheet.unit


def _draw_columns(sheet: DaySheet, top: float, *, arc: float, bars: float) -> float:
    """Draw the arc, the bars of visits below it, and titles with hours; return the last baseline."""
    canvas, type_, theme, unit = sheet.canvas, sheet.typography, sheet.theme, sheet.unit
    r = min(unit, arc / 6)
    high, low = top + 2 * r, top + arc - 2 * r
    middles = [sheet.x(part) + sheet.text_width / 2 for part in sheet.parts]
    places = [(x, low - (low - high) * sun_height((i + 0.5) / len(middles))) for i, x in enumerate(middles)]
    draw_arc(canvas, [(sheet.left, low), *places, (sheet.right - GUTTER, low)], width=0.16 * unit, is_upright=False)
    ground = top + arc + bars
    for part, (x, y) in zip(sheet.parts, places, strict=True):
        draw_light(canvas, part.figures.part, x, y, r)
        _draw_bar(sheet, part, ground, bars - 2.2 * unit)
        title = FontStyle(1.2 * unit, type_.stage.weight)
        wide = canvas.text(sheet.x(part), ground + 1.8 * unit, part.title, title, theme.ink, max_width=sheet.text_width)
        if wide + 0.6 * unit + canvas.text_width(part.hours, type_.body) <= sheet.text_width:
            canvas.text(sheet.x(part) + wide + 0.6 * unit, ground + 1.8 * unit, part.hours, type_.body, theme.quiet)
    canvas.rule(sheet.left, sheet.right - GUTTER, ground, 2)
    if sheet.names:
        _name_lane(sheet, ground - 0.4 * unit, sheet.words("day.lane.visits"))
    return ground + 1.8 * unit


def _draw_bar(sheet: DaySheet, part: ShownPart, ground: float, most: float) -> None:
    """Draw the bar of a part's visits, with their number and share above."""
    canvas, theme, type_ = sheet.canvas, sheet.theme, sheet.typography
    height = most * bar_share(part.figures, sheet.day)
    if part.figures.visits:
        fill = theme.structure if part.is_busiest else theme.ghost
        canvas.box(Box(sheet.x(part), ground - max(3.0, height), sheet.text_width, max(3.0, height)), 4, fill)
    y = ground - max(3.0, height) - 0.5 * sheet.unit
    if not part.figures.visits:
        canvas.text(sheet.x(part), y, sheet.words("day.no_visits"), type_.body, theme.quiet, max_width=sheet.text_width)
        return
    share = f"{share_text(part.figures, sheet.day, sheet.words)}  "
    visits = sheet.words("map.visits", n=part.figures.visits)
    wide = canvas.text(sheet.x(part), y, share, type_.strong, theme.structure)
    canvas.text(sheet.x(part) + wide, y, visits, type_.body, theme.quiet, max_width=sheet.text_width - wide)


# ---- lanes -----------------------------------------------------------------------------------------------------------


def _draw_lanes(sheet: DaySheet, y: float) -> float:
    """Draw the lanes of a wall; one without anything in it is left out. Return the last baseline."""
    words, top = sheet.words, y - 1.4 * sheet.unit
    if any(part.figure.n for part in sheet.parts):
        scale = words(f"map.scale.{sheet.presentation.journey_map.scale}")
        y = _begin_lane(sheet, y, scale)
        y = draw_scores(sheet, y - 1.6 * sheet.unit)
    columns: list[tuple[str, Callable[[DaySheet, ShownPart], Sequence[str]], FontStyle]] = [
        ("day.lane.places", _place_lines, sheet.typography.body),
        ("day.lane.complaints", _complaint_lines, sheet.typography.strong),
    ]
    for key, list_lines, style in columns:
        y = _draw_texts(sheet, y, words(key), [list_lines(sheet, part) for part in sheet.parts], style)
    for question in DiaryQuestion:
        quotes = [dict(quote_lines(part.figures, words)).get(question, "") for part in sheet.parts]
        wrapped = [sheet.canvas.wrap(text, sheet.typography.quote, sheet.text_width, MOST_LINES) for text in quotes]
        y = _draw_texts(sheet, y, words(f"day.{question}"), wrapped, sheet.typography.quote)
    y = _draw_writers(sheet, y)
    for part in sheet.parts:
        box = Box(sheet.x(part) - GUTTER / 2, top, sheet.column, y + 16 - top)
        if part.is_weakest:
            sheet.canvas.box(box, 10, sheet.theme.tint, layer=Layer.GROUND)
        sheet.canvas.region(part.title, box)
    return y


def _begin_lane(sheet: DaySheet, y: float, name: str) -> float:
    """Draw a line below the baseline ``y`` and the name of the next lane; return the lane's first baseline."""
    y += sheet.unit
    sheet.canvas.rule(sheet.margin, sheet.right - GUTTER, y, 1.5)
    _name_lane(sheet, y + 1.6 * sheet.unit, name)
    return y + 1.6 * sheet.unit


def _name_lane(sheet: DaySheet, y: float, name: str) -> None:
    style = sheet.typography.name
    sheet.canvas.text(sheet.margin, y, name, style, sheet.theme.quiet, max_width=sheet.names - 20)


def _draw_texts(sheet: DaySheet, y: float, name: str, columns: Sequence[Sequence[str]], style: FontStyle) -> float:
    if not any(columns):
        return y
    y = _begin_lane(sheet, y, name)
    for part, lines in zip(sheet.parts, columns, strict=True):
        sheet.canvas.lines(sheet.x(part), y, lines or ["—"], style, sheet.theme.ink if lines else sheet.theme.quiet)
    return y + (max(map(len, columns)) - 1) * style.line


def _place_lines(sheet: DaySheet, part: ShownPart) -> list[str]:
    """Return a line for each of the most visited places, with its visits."""
    lines = []
    for place in part.figures.places:
        count = f"  {sheet.words.number(place.visits)}"
        room = sheet.text_width - sheet.canvas.text_width(count, sheet.typography.body)
        lines.append(sheet.canvas.fit(place.title, sheet.typography.body, room) + count)
    return lines


def _complaint_lines(sheet: DaySheet, part: ShownPart) -> list[str]:
    return [sheet.words.number(part.figures.complaints)] if part.figures.complaints else []


def _draw_writers(sheet: DaySheet, y: float) -> float:
    journey_map, style = sheet.presentation.journey_map, sheet.typography.small
    texts = [writers_text(part.figures, journey_map, sheet.words) for part in sheet.parts]
    wrapped = [sheet.canvas.wrap(text, style, sheet.text_width, MOST_LINES) for text in texts]
    if not any(wrapped):
        return y
    y += 1.8 * sheet.unit
    for part, lines in zip(sheet.parts, wrapped, strict=True):
        sheet.canvas.lines(sheet.x(part), y, lines, style, sheet.theme.quiet)
    return y + (max(map(len, wrapped)) - 1) * style.line
