"""Marks of the other side of a difference map: a dashed line with diamonds, beside faces on a solid line.

* The sides are told apart by line, symbol and words; no colour stands for one of them.
* What clearly differs is bold, on a tinted ground, and has an arrow. All else is pale.
"""

from collections.abc import Sequence
from itertools import pairwise

from cjm.drawing.canvas import Canvas
from cjm.drawing.captions import audience_text, missing_answers_text
from cjm.drawing.curves import linspace, monotone_cubic
from cjm.drawing.gauge import Gauge
from cjm.drawing.legend_entries import LegendEntry
from cjm.drawing.presentation import FigurePresentation, MapPresentation, StagePresentation
from cjm.drawing.primitives import AxisScale, Box, Layer, PathData, Point, Shape, Stroke
from cjm.drawing.theme import Theme
from cjm.wording.words import FigureWords

SHORT_NAME = 32  # letters of a side's name, where there is little room
SAMPLES = 60  # of the dashed line between two stages
WHISKER = 0.7  # half the width of an end of an interval, of the diamond's radius

PlacedFigure = tuple[float, FigurePresentation]
"""x of a figure of the other side, and the figure."""


def draw_diamond(canvas: Canvas, x: float, y: float, r: float, *, layer: Layer = Layer.INK) -> None:
    """Draw the symbol of the other side: a hollow diamond."""
    corners = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
    shape = Shape(PathData.polygon(corners), canvas.theme.paper, Stroke(canvas.theme.ink, max(1.6, 0.24 * r)))
    canvas.add(shape, layer=layer)


def draw_other_curve(canvas: Canvas, figures: Sequence[PlacedFigure], place: AxisScale, r: float) -> None:
    """Draw the other side's visible figures with their intervals; a dashed line joins those of neighbours."""
    run: list[PlacedFigure] = []
    for x, figure in figures:
        if figure.is_visible:
            run.append((x, figure))
            continue
        _draw_run(canvas, run, place, r)
        run = []
    _draw_run(canvas, run, place, r)


def _draw_run(canvas: Canvas, run: Sequence[PlacedFigure], place: AxisScale, r: float) -> None:
    points = [(x, place(figure.value)) for x, figure in run]
    if len(run) > 1:
        canvas.line(_smooth(points), Stroke(canvas.theme.ink, 0.26 * r, (1.3 * r, 0.9 * r), round=False), Layer.PATH)
    for (x, y), (_, figure) in zip(points, run, strict=True):
        _draw_whisker(canvas, x, place(figure.low), place(figure.high), r)
        draw_diamond(canvas, x, y, r)


def _smooth(points: Sequence[Point]) -> list[Point]:
    xs, ys = zip(*points, strict=True)
    at = [x for left, right in pairwise(xs) for x in linspace(left, right, SAMPLES)]
    return list(zip(at, monotone_cubic(xs, ys, at), strict=True))


def _draw_whisker(canvas: Canvas, x: float, low: float, high: float, r: float) -> None:
    stroke, half = Stroke(canvas.theme.ink, max(1.4, 0.16 * r)), WHISKER * r
    canvas.line(((x, low), (x, high)), stroke)
    for y in (low, high):
        canvas.line(((x - half, y), (x + half, y)), stroke)


def draw_other_bar(canvas: Canvas, box: Box, place: AxisScale, other: FigurePresentation | None) -> None:
    """Draw the other side's interval and figure as a thin line with a diamond below a bar; nothing where withheld."""
    if other is None or not other.is_visible:
        return
    r = 0.44 * box.height
    y = box.bottom + 1.05 * r
    stroke = Stroke(canvas.theme.ink, max(1.6, 0.1 * box.height))
    canvas.line(((place(other.low), y), (place(other.high), y)), stroke)
    draw_diamond(canvas, place(other.value), y, r)


def side_texts(presentation: MapPresentation, other: FigurePresentation, words: FigureWords) -> tuple[str, str]:
    """Return "68%" and "61–75%, 40 people" of a side; "" and how many are missing where it is not shown."""
    if not other.n:
        return "", words("map.contrast.none")
    if not other.is_visible:
        return "", ", ".join(filter(None, missing_answers_text(presentation, other, words)))
    gauge = presentation.gauge
    interval = gauge.format_interval(other.low, other.high, words)
    people = audience_text(presentation, other, words)[0]
    return gauge.format_figure(other.value, words), f"{interval}, {people}"


def figure_colour(stage: StagePresentation, gauge: Gauge, theme: Theme) -> str:
    """Return the colour of a large figure: that of its mood; pale where a difference map finds no clear difference."""
    mood = stage.headline.mood(gauge)
    if mood is None:
        return theme.on_grey
    return theme.quiet if stage.other is not None and not stage.stands_out else theme.mood_texts[mood]


def _cut_name(name: str) -> str:
    return name if len(name) <= SHORT_NAME else f"{name[: SHORT_NAME - 1]}…"


def side_entries(
    canvas: Canvas, presentation: MapPresentation, words: FigureWords, size: float, *, is_short: bool = False
) -> list[LegendEntry]:
    """Return the legend's entries for both sides of a difference map, and for the tint of what clearly differs.

    ``is_short`` leaves out the tint and cuts long names, where a legend has little room.
    """
    contrast = presentation.journey_map.contrast
    if contrast is None or presentation.is_empty:
        return []
    theme = canvas.theme

    def draw_this_side(x: float, y: float) -> None:
        canvas.line(((x, y), (x + size, y)), Stroke(theme.ink, 0.08 * size))
        canvas.face(x + size / 2, y, 0.26 * size, 3, halo=theme.paper)

    def draw_other_side(x: float, y: float) -> None:
        canvas.line(((x, y), (x + size, y)), Stroke(theme.ink, 0.07 * size, (0.2 * size, 0.14 * size), round=False))
        draw_diamond(canvas, x + size / 2, y, 0.2 * size)

    def draw_ground(x: float, y: float) -> None:
        canvas.box(Box(x, y - size / 4, size, size / 2), size / 6, theme.tint, Stroke(theme.accent, 1.2))

    title, other = (_cut_name(each) if is_short else each for each in (contrast.title, contrast.other_title))
    entries = [
        LegendEntry(size, draw_this_side, words("map.contrast.side", side=title)),
        LegendEntry(size, draw_other_side, words("map.contrast.other", side=other)),
    ]
    if not is_short and any(stage.stands_out for stage in presentation.stages):
        entries.append(LegendEntry(size, draw_ground, words("map.contrast.legend.clear")))
    return entries
