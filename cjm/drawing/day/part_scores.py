"""Scores of the parts of a day in landscape: face, figure, interval and people of each."""

from cjm.drawing.captions import missing_answers_text
from cjm.drawing.day.sheet import DaySheet
from cjm.drawing.presentation import FigurePresentation
from cjm.drawing.theme import FontStyle
from cjm.wording.count_words import people_text


def draw_scores(sheet: DaySheet, y: float) -> float:
    """Draw face, figure, interval and people of each part below the baseline ``y``; return the last baseline."""
    unit, bottoms = sheet.unit, [y]
    for part in sheet.parts:
        if part.figure.n:
            bottoms.append(_draw_score(sheet, part.figure, sheet.x(part), y + 1.2 * unit))
        elif part.figures.visits and sheet.day.is_scored:
            text = sheet.words("map.none")
            style = sheet.typography.body
            sheet.canvas.text(sheet.x(part), y + 2.2 * unit, text, style, sheet.theme.quiet, max_width=sheet.text_width)
            bottoms.append(y + 2.2 * unit)
    return max(bottoms)


def _draw_score(sheet: DaySheet, figure: FigurePresentation, left: float, top: float) -> float:
    canvas, type_, theme, unit = sheet.canvas, sheet.typography, sheet.theme, sheet.unit
    gauge = sheet.presentation.gauge
    room = sheet.text_width
    if not figure.is_visible:
        canvas.icon("lock", left + 0.7 * unit, top + 1.2 * unit, 1.3 * unit, theme.on_grey)
        texts = filter(None, missing_answers_text(sheet.presentation, figure, sheet.words))
        lines = canvas.wrap(", ".join(texts), type_.body, room - 1.8 * unit, 3)
        canvas.lines(left + 1.8 * unit, top + 1.5 * unit, lines, type_.body, theme.quiet)
        return top + 1.5 * unit + (len(lines) - 1) * type_.body.line
    mood = figure.mood(gauge)
    r = 1.15 * unit
    is_certain = mood is None or figure.is_certain(gauge)
    canvas.face(left + r, top + r, r, mood, is_certain=is_certain)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    value = FontStyle(1.75 * unit, type_.figure.weight)
    x = left + 2 * r + 0.6 * unit
    wide = canvas.text(x, top + r + value.half_capital, gauge.format_figure(figure.value, sheet.words), value, colour)
    margin = gauge.format_interval(figure.low, figure.high, sheet.words)
    rest = room - (x + wide + 0.5 * unit - left)
    canvas.text(x + wide + 0.5 * unit, top + r + value.half_capital, margin, type_.body, theme.quiet, max_width=rest)
    y = top + 2 * r + 1.3 * unit
    counts_people = sheet.presentation.journey_map.counts_people
    people = people_text(figure.n, figure.n_is, sheet.words, counts_people=counts_people)
    parts = [people] if figure.is_judged else [people, missing_answers_text(sheet.presentation, figure, sheet.words)[1]]
    lines = canvas.wrap(", ".join(filter(None, parts)), type_.body, room, 2)
    canvas.lines(left, y, lines, type_.body, theme.quiet)
    return y + (len(lines) - 1) * type_.body.line
