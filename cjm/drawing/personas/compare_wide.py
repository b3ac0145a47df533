"""Curves of personas in 16:9, for walls and slides: columns are stages, a table of the figures stands below.

The name of each persona stands at the end of its curve and, with its symbol, at the left of its figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.personas.notes import compare_notes
from cjm.drawing.personas.present import PersonaCurve, list_curves
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture, Stroke
from cjm.drawing.slide.page import HEIGHT, MARGIN, RIGHT, WIDTH
from cjm.drawing.theme import SLIDE_TYPOGRAPHY, FontStyle, Theme, Typography
from cjm.drawing.typeset import TextMeasure
from cjm.figures.map_parts.persona_figures import PersonaFigures
from cjm.wording.count_words import bare_count_text, customers_text
from cjm.wording.words import FigureWords

NAMES, FEW_NAMES = 390, 320  # width of the names at the left of the table, and where stages are many
ENDS = 250  # width of the names at the ends of the curves; where stages are many, they stand in the table alone
AXIS = 84  # width of the figures of the axis
MANY_STAGES = 8
TITLE_LINES = 3
DODGE = 28  # between the marks of two personas in one column: their intervals stay apart


@dataclass(frozen=True, slots=True)
class WidePage:
    """Picture being laid out; ``top`` and ``bottom`` are the ends of its plot."""

    canvas: Canvas
    presentation: MapPresentation
    words: FigureWords
    curves: tuple[PersonaCurve, ...]
    typography: Typography = SLIDE_TYPOGRAPHY
    top: float = 0.0
    bottom: float = 0.0

    @property
    def theme(self) -> Theme:
        return self.canvas.theme

    @property
    def is_wide(self) -> bool:
        """True if there are few enough stages for names at the ends of the curves."""
        return len(self.presentation.stages) <= MANY_STAGES

    @property
    def names(self) -> float:
        return NAMES if self.is_wide else FEW_NAMES

    @property
    def left(self) -> float:
        return MARGIN + self.names + AXIS

    @property
    def right(self) -> float:
        return RIGHT - (ENDS + 24 if self.is_wide else 0)

    @property
    def column(self) -> float:
        return (self.right - self.left) / len(self.presentation.stages)

    def centre(self, place: int) -> float:
        return self.left + (place + 0.5) * self.column

    def x(self, curve: PersonaCurve, place: int) -> float:
        """Return the place of a persona's mark: beside those of the others."""
        step = min(DODGE, self.column / (2 * len(self.curves)))
        return self.centre(place) + (curve.number - (len(self.curves) - 1) / 2) * step

    def y(self, value: float) -> float:
        low, high = self.presentation.gauge.axis_range
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


def lay_out_compare_wide(
    presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme
) -> Picture:
    """Place everything of the picture; the plot takes the height that texts leave."""
    canvas = Canvas(measure, theme, words.language)
    page = WidePage(canvas, presentation, words, list_curves(presentation))
    head = _draw_head(page)
    notes = _wrap_notes(page)
    style, titles = _wrap_titles(page)
    row = _row_height(page)
    foot = HEIGHT - 34 - (len(notes) - 1) * page.typography.body.line
    table = foot - 60 - len(page.curves) * row
    bottom = table - max(map(len, titles)) * style.line - 24
    page = WidePage(canvas, presentation, words, page.curves, page.typography, head + 44, bottom)
    _draw_axis(page)
    for place, lines in enumerate(titles):
        for i, line in enumerate(lines):
            y = bottom + 16 + style.px + i * style.line
            canvas.text(page.centre(place), y, line, style, theme.ink, align=Align.CENTRE)
        box = Box(page.centre(place) - page.column / 2, head, page.column, foot - head - 50)
        canvas.region(presentation.stages[place].figures.title, box)
    for curve in page.curves:
        _draw_curve(page, curve)
        _draw_table_row(page, curve, table + curve.number * row, row)
    _draw_ends(page)
    for i, line in enumerate(notes):
        canvas.text(MARGIN, foot + i * page.typography.body.line, line, page.typography.body, theme.quiet)
    return canvas.to_picture(WIDTH, HEIGHT)


def _draw_head(page: WidePage) -> float:
    """Draw the title and the facts; return the last baseline."""
    canvas, type_, words, journey_map = page.canvas, page.typography, page.words, page.presentation.journey_map
    kind = words(f"map.kind.{journey_map.kind}")
    canvas.text(MARGIN, 70, kind, type_.lead_strong, page.theme.structure, max_width=RIGHT - MARGIN)
    canvas.text(
        MARGIN, 136, journey_map.title, FontStyle(56, type_.title.weight), page.theme.ink, max_width=RIGHT - MARGIN
    )
    days = words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date())
    facts = [days, customers_text(journey_map, words), words("map.as_of", moment=words.moment(journey_map.as_of))]
    text = "  ·  ".join(filter(None, facts))
    canvas.text(MARGIN, 184, text, type_.body, page.theme.quiet, max_width=RIGHT - MARGIN)
    return 184.0


def _wrap_notes(page: WidePage) -> list[str]:
    figures = [figure for curve in page.curves for figure in curve.figures]
    notes = compare_notes(page.presentation, figures, page.words)
    counts = page.words(f"map.legend.counts.{'people' if page.presentation.journey_map.counts_people else 'answers'}")
    counted = (counts,) if any(figure.n for figure in figures) else ()
    text = "  ·  ".join(note.removesuffix(".") for note in (*notes, *counted))
    return page.canvas.wrap(text, page.typography.body, RIGHT - MARGIN, 4)


def _wrap_titles(page: WidePage) -> tuple[FontStyle, list[list[str]]]:
    titles, room = [stage.figures.title for stage in page.presentation.stages], page.column - 14
    style, canvas = page.typography.stage_long, page.canvas
    return style, [canvas.wrap_title(title, style, room, TITLE_LINES) for title in titles]


def _row_height(page: WidePage) -> float:
    """Return the height of a persona's row: figures and counts stand beside each other where they fit."""
    return 44.0 if _fits_in_line(page) else 78.0


def _fits_in_line(page: WidePage) -> bool:
    return all(
        sum(page.canvas.text_width(text, page.typography.strong) for text in _cell(page, curve, place)) + 36
        <= page.column
        for curve in page.curves
        for place in range(len(page.presentation.stages))
    )


def _cell(page: WidePage, curve: PersonaCurve, place: int) -> tuple[str, str]:
    """Return a figure, and how many people it comes from; of one that is not shown only these."""
    figure = curve.figures[place]
    value = page.presentation.gauge.format_figure(figure.value, page.words) if figure.is_visible else ""
    return value, bare_count_text(figure.n, figure.n_is, page.words) if figure.is_visible else ""


def _draw_axis(page: WidePage) -> None:
    canvas, gauge, style = page.canvas, page.presentation.gauge, page.typography.body
    low, high = gauge.axis_range
    for value in (low, (low + high) / 2, high):
        y = page.y(value)
        canvas.line(((page.left, y), (page.right, y)), Stroke(page.theme.rule, 2), Layer.RULES)
        text = gauge.format_figure(value, page.words)
        canvas.text(page.left - 16, y + style.half_capital, text, style, page.theme.quiet, align=Align.RIGHT)


def _draw_curve(page: WidePage, curve: PersonaCurve) -> None:
    for run in curve.runs:
        if len(run) > 1:
            points = [(page.x(curve, place), page.y(curve.figures[place].value)) for place in run]
            curve.draw_line(page.canvas, points, 6)
    for place, figure in enumerate(curve.figures):
        if figure.is_visible:
            x = page.x(curve, place)
            curve.draw_interval(page.canvas, (x, page.y(figure.low)), (x, page.y(figure.high)))
            curve.draw_symbol(page.canvas, x, page.y(figure.value), 14, is_filled=figure.is_judged)


def _draw_table_row(page: WidePage, curve: PersonaCurve, top: float, height: float) -> None:
    canvas, type_, theme = page.canvas, page.typography, page.theme
    canvas.rule(MARGIN, RIGHT, top, 2)
    y = top + 33
    curve.draw_symbol(canvas, MARGIN + 14, y - 10, 12)
    name = canvas.wrap(curve.persona.title, type_.name, page.names - 42, 2 if height > 60 else 1)
    canvas.lines(MARGIN + 42, y, name, type_.name, curve.colour(theme))
    _draw_share(page, curve.persona, y)
    for place, figure in enumerate(curve.figures):
        value, count = _cell(page, curve, place)
        colour = curve.colour(theme) if figure.is_judged else theme.on_grey
        if figure.is_visible and height < 60:
            pieces = [(f"{value}  ", type_.small_strong, colour), (count, type_.body, theme.quiet)]
            width = canvas.text_run_width(pieces)
            canvas.text_run(page.centre(place) - width / 2, y, pieces)
        elif figure.is_visible:
            canvas.text(page.centre(place), y, value, type_.small_strong, colour, align=Align.CENTRE)
            canvas.text(page.centre(place), y + 34, count, type_.body, theme.quiet, align=Align.CENTRE)
        elif figure.n:
            canvas.icon("lock", page.centre(place), y - 10, 28, theme.on_grey)
        else:
            canvas.text(page.centre(place), y, "–", type_.body, theme.quiet, align=Align.CENTRE)


def _draw_share(page: WidePage, persona: PersonaFigures, y: float) -> None:
    """Draw the persona's share of the visitors, between its name and the columns; its range stands on the card."""
    share = persona.share
    if share is not None and share.value is not None and page.is_wide:
        text = page.words.percent(share.value / 100)
        page.canvas.text(
            RIGHT,
            y,
            page.words("persona.share", share=text),
            page.typography.body,
            page.theme.quiet,
            align=Align.RIGHT,
            max_width=RIGHT - page.right,
        )


def _draw_ends(page: WidePage) -> None:
    """Draw symbol and name at the end of each curve; those that would meet are moved apart, in the curves' order."""
    if not page.is_wide:
        return
    style, room = page.typography.name, ENDS - 44
    last = ((page.y(curve.figures[curve.runs[-1][-1]].value), curve) for curve in page.curves if curve.runs)
    ends = sorted(last, key=_height)
    names = [page.canvas.wrap(curve.persona.title, style, room, 2) for _, curve in ends]
    gap = max(map(len, names), default=1) * style.line
    heights = spread_labels([y for y, _ in ends], gap, page.top, page.bottom)
    for y, (_, curve), lines in zip(heights, ends, names, strict=True):
        baseline = y + style.half_capital - (len(lines) - 1) * style.line / 2
        curve.draw_symbol(page.canvas, page.right + 34, y, 12)
        page.canvas.lines(page.right + 58, baseline, lines, style, curve.colour(page.theme))


def _height(end: tuple[float, PersonaCurve]) -> tuple[float, int]:
    return end[0], end[1].number


def spread_labels(heights: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Return the heights of labels, at least ``gap`` apart and as near to these sorted heights as going down allows.

    Those that would end below ``bottom`` are moved up; ``top`` gives way last.
    """
    places: list[float] = []
    for height in heights:
        places.append(max(height, places[-1] + gap) if places else max(height, top))
    least = bottom
    for i in reversed(range(len(places))):
        places[i] = min(places[i], least)
        least = places[i] - gap
    return places
