"""Curves of personas in portrait: a row a stage, with the figure of each persona beside its own place on the axis.

Each persona keeps its line in every row, so neither figures nor intervals can meet, however alike they are.
"""

from collections.abc import Sequence

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.personas.notes import compare_notes
from cjm.drawing.personas.present import PersonaCurve, list_curves
from cjm.drawing.phone.page import MARGIN, RIGHT
from cjm.drawing.phone.portrait import ROOM, PortraitPage
from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.primitives import Box, Layer, Picture, Stroke
from cjm.drawing.theme import Theme
from cjm.drawing.typeset import TextMeasure
from cjm.wording.count_words import customers_text
from cjm.wording.personas.persona_words import share_text
from cjm.wording.words import FigureWords

TEXT_RIGHT = 560  # of titles and figures
PLOT_LEFT, PLOT_RIGHT = 640, RIGHT - 50
LINE = 52  # from one persona of a row to the next
SAMPLE = 96  # width of a line in the legend
FIGURE_RIGHT = MARGIN + 190


def lay_out_compare_phone(
    presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme
) -> Picture:
    """Place everything of the picture."""
    page = PortraitPage(Canvas(measure, theme, words.language), presentation, words)
    curves = list_curves(presentation)
    journey_map = presentation.journey_map
    y = page.draw_head(journey_map.title, [page.describe_days(), customers_text(journey_map, words)])
    y = _draw_names(page, curves, y + 14)
    y = _draw_axis(page, y + 30)
    rows: list[float] = []
    top = y + 8
    for place, stage in enumerate(presentation.stages):
        first = _draw_row(page, curves, stage, place, y)
        rows.append(first)
        y = first + (len(curves) - 1) * LINE + 14
    _draw_grid(page, top, y + 10)
    for curve in curves:
        _draw_curve(page, curve, [first + curve.number * LINE for first in rows])
    return page.to_picture(_draw_foot(page, curves, y + 20))


def _draw_names(page: PortraitPage, curves: Sequence[PersonaCurve], y: float) -> float:
    """Draw the legend: a sample of each curve with its persona and share; return the last baseline."""
    left = MARGIN + SAMPLE + 24
    for curve in curves:
        y += 60
        curve.draw_line(page.canvas, ((MARGIN, y - 12), (MARGIN + SAMPLE, y - 12)), 6)
        curve.draw_symbol(page.canvas, MARGIN + SAMPLE / 2, y - 12, 15)
        name = page.typography.name
        lines = page.canvas.wrap(curve.persona.title, name, RIGHT - left, 2)
        page.canvas.lines(left, y, lines, name, curve.colour(page.theme))
        y += (len(lines) - 1) * name.line
        style = page.typography.body
        text = share_text(curve.persona, page.presentation.journey_map, page.words)
        lines = page.canvas.wrap(text, style, RIGHT - left, 3)
        page.canvas.lines(left, y + style.line, lines, style, page.theme.quiet)
        y += len(lines) * style.line
    return y


def _place(page: PortraitPage, value: float) -> float:
    low, high = page.gauge.axis_range
    return PLOT_LEFT + (value - low) / (high - low) * (PLOT_RIGHT - PLOT_LEFT)


def _list_ticks(page: PortraitPage) -> list[float]:
    """Return the figures that are named along the axis: its ends and its middle."""
    low, high = page.gauge.axis_range
    return [low, (low + high) / 2, high]


def _draw_axis(page: PortraitPage, y: float) -> float:
    page.canvas.rule(MARGIN, RIGHT, y, 2)
    y += 54
    for value in _list_ticks(page):
        text = page.gauge.format_figure(value, page.words)
        page.canvas.text(_place(page, value), y, text, page.typography.body, page.theme.quiet, align=Align.CENTRE)
    return y


def _draw_grid(page: PortraitPage, top: float, bottom: float) -> None:
    for value in _list_ticks(page):
        x = _place(page, value)
        page.canvas.line(((x, top), (x, bottom)), Stroke(page.theme.rule, 2), Layer.RULES)


def _draw_row(
    page: PortraitPage, curves: Sequence[PersonaCurve], stage: StagePresentation, place: int, y: float
) -> float:
    """Draw a stage's title and figures; return the middle of the first persona's line."""
    canvas, style = page.canvas, page.typography.stage_long
    lines = canvas.wrap_title(stage.figures.title, style, TEXT_RIGHT - MARGIN)
    top = y + 26
    canvas.lines(MARGIN, top + style.px, lines, style, page.theme.ink)
    first = top + style.px + (len(lines) - 1) * style.line + 44
    bottom = first + (len(curves) - 1) * LINE + 24
    canvas.region(stage.figures.title, Box(MARGIN, top, ROOM, bottom - top))
    for curve in curves:
        _draw_figure(page, curve, place, first + curve.number * LINE)
    return first


def _draw_figure(page: PortraitPage, curve: PersonaCurve, place: int, middle: float) -> None:
    """Draw symbol, figure and people in the persona's line."""
    canvas, words, figure = page.canvas, page.words, curve.figures[place]
    y = middle + page.typography.body.half_capital
    curve.draw_symbol(canvas, MARGIN + 14, middle, 12, is_filled=figure.is_judged)
    left = float(MARGIN + 42)
    if figure.is_visible:
        colour = curve.colour(page.theme) if figure.is_judged else page.theme.on_grey
        text = page.gauge.format_figure(figure.value, words)
        width = canvas.text(left, y, text, page.typography.strong, colour)
        left = max(FIGURE_RIGHT, left + width + 20)
    elif figure.n:
        canvas.icon("lock", left + 14, middle, 30, page.theme.on_grey)
        left = FIGURE_RIGHT
    text = words("map.none") if not figure.n else _people(page, curve, place)
    canvas.text(left, y, text, page.typography.body, page.theme.quiet, max_width=TEXT_RIGHT - left)


def _people(page: PortraitPage, curve: PersonaCurve, place: int) -> str:
    figure = curve.figures[place]
    if figure.is_visible:
        return page.describe_audience(figure).split(", ")[0]
    return page.words("persona.withheld")


def _draw_curve(page: PortraitPage, curve: PersonaCurve, heights: Sequence[float]) -> None:
    canvas = page.canvas
    for run in curve.runs:
        if len(run) > 1:
            points = [(_place(page, curve.figures[place].value), heights[place]) for place in run]
            curve.draw_line(canvas, points, 5)
    for place, figure in enumerate(curve.figures):
        if figure.is_visible:
            y = heights[place]
            curve.draw_interval(canvas, (_place(page, figure.low), y), (_place(page, figure.high), y))
            curve.draw_symbol(canvas, _place(page, figure.value), y, 15, is_filled=figure.is_judged)


def _draw_foot(page: PortraitPage, curves: Sequence[PersonaCurve], y: float) -> float:
    figures = [figure for curve in curves for figure in curve.figures]
    style = page.typography.body
    page.canvas.rule(MARGIN, RIGHT, y, 2)
    y += 8
    for note in compare_notes(page.presentation, figures, page.words):
        y = page.draw_text(y, note, style, page.theme.quiet)
    return y
