"""The curve of a slide: figures as faces, the interval as a band, the period before dotted, the target dashed.

Its axis is the whole scale, as on every picture of the journey.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cjm.drawing.canvas import Align
from cjm.drawing.curves import ellipse, linspace, monotone_cubic, points_along
from cjm.drawing.kinds.other_side import draw_other_curve
from cjm.drawing.marks import draw_dotted_link, draw_footprints
from cjm.drawing.primitives import Band, Box, Layer, Point, Shape, Stroke
from cjm.drawing.slide.page import PLOT_LEFT, SlidePage
from cjm.drawing.theme import mix_colours

SAMPLE_GAP = 5.0  # pixels between two samples of a curve: a wider one shows corners in the band's edge
FADE = 0.42  # of the band into the paper, so that the lines on it stand out
FOOT = 15  # length of a footprint


@dataclass(frozen=True, slots=True)
class Plot:
    """Room of the curve: a figure's height lies between ``top`` and ``bottom``."""

    slide: SlidePage
    top: float
    bottom: float

    def place(self, value: float) -> float:
        """Return the height of a headline figure."""
        low, high = self.slide.gauge.axis_range
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)

    def height_of(self, place: int) -> float:
        """Return the height of a stage's face: in the middle where its figure is not shown."""
        headline = self.slide.stages[place].headline
        return self.place(headline.value) if headline.is_visible else (self.top + self.bottom) / 2


def draw_curve(slide: SlidePage, box: Box) -> None:
    """Draw the curve with its axis; before anybody answered, footprints from stage to stage."""
    plot = Plot(slide, box.y + slide.face_radius + 8, box.bottom - slide.face_radius - 2)
    if slide.presentation.has_visible_figure:
        _draw_axis(plot, box)
        _draw_links(plot)
        for run in slide.presentation.judged_runs():  # first: a band would hide a target or the period before
            _draw_band(plot, run)
        _draw_targets(plot)
        for run in slide.presentation.judged_runs():
            _draw_previous_period(plot, run)
            _draw_line(plot, run)
    else:
        _draw_footprints(plot)
    for place in range(len(slide.stages)):
        _draw_face(plot, place)
    beside = slide.face_radius + 18  # two equal figures must both be seen
    others = [(slide.centre(place) + beside, stage.other) for place, stage in enumerate(slide.stages) if stage.other]
    draw_other_curve(slide.canvas, others, plot.place, 15)


def _draw_axis(plot: Plot, box: Box) -> None:
    """Draw the ends and the middle of the scale; the foot says what the figures are."""
    slide, body = plot.slide, plot.slide.typography.body
    least, most = slide.gauge.axis_range
    for value in (least, (least + most) / 2, most):
        y = plot.place(value)
        slide.canvas.rule(PLOT_LEFT, box.right, y, 1.5)
        text = slide.gauge.format_edge(value, slide.words)
        slide.canvas.text(PLOT_LEFT - 16, y + body.half_capital, text, body, slide.theme.quiet, align=Align.RIGHT)


def _draw_links(plot: Plot) -> None:
    """Draw dots between two stages that are not both judged."""
    slide = plot.slide
    for i in range(len(slide.stages) - 1):
        if not (slide.stages[i].headline.is_judged and slide.stages[i + 1].headline.is_judged):
            ends = [(slide.centre(place), plot.height_of(place)) for place in (i, i + 1)]
            draw_dotted_link(slide.canvas, ends, 5, 13)


def _draw_targets(plot: Plot) -> None:
    """Draw one line with its figure where all targets are equal, else a piece in each column."""
    slide = plot.slide
    stroke, target = Stroke(slide.theme.ink, 3, (9, 7), round=False), slide.presentation.target
    if target is None:
        for i, stage in enumerate(slide.stages):
            if stage.figures.target is not None:
                column, y = slide.column(i, plot.top, plot.bottom), plot.place(stage.figures.target)
                slide.canvas.line(((column.x + 8, y), (column.right - 8, y)), stroke, Layer.PATH)
        return
    y, style = plot.place(target), slide.typography.small_strong
    slide.canvas.line(((PLOT_LEFT, y), (slide.plot_right, y)), stroke, Layer.PATH)
    slide.canvas.icon("flag", slide.plot_right + 24, y - 3, 30, slide.theme.ink)
    text = slide.gauge.format_figure(target, slide.words)
    slide.canvas.text(slide.plot_right + 42, y + style.half_capital, text, style, slide.theme.ink)


def _draw_band(plot: Plot, run: Sequence[int]) -> None:
    """Draw the intervals of neighbouring judged stages as a band."""
    slide, theme, gauge = plot.slide, plot.slide.theme, plot.slide.gauge
    figures = [slide.stages[i].headline for i in run]
    xs = [slide.centre(i) for i in run]
    for figure, x in ((figures[0], xs[0]), (figures[-1], xs[-1])):
        top, bottom = plot.place(figure.high), plot.place(figure.low)
        colour = mix_colours(theme.mood_colour(gauge.mood_position(figure.value)), theme.paper, FADE)
        if len(run) == 1:
            width = min(150.0, slide.text_width)
            slide.canvas.box(Box(x - width / 2, top, width, bottom - top), 14, colour, layer=Layer.PATH)
            return
        # The band ends in an arc, not in an edge: an edge would look like a value.
        slide.canvas.add(Shape(ellipse(x, (top + bottom) / 2, 32, bottom - top), colour), layer=Layer.PATH)
    at = _list_samples(xs)
    values, lows, highs = (
        monotone_cubic(xs, [getattr(figure, name) for figure in figures], at) for name in ("value", "low", "high")
    )
    edges = tuple(((x, plot.place(low)), (x, plot.place(high))) for x, low, high in zip(at, lows, highs, strict=True))
    moods = (theme.mood_colour(gauge.mood_position(value)) for value in values[:-1])
    colours = tuple(mix_colours(mood, theme.paper, FADE) for mood in moods)
    slide.canvas.add(Band(edges, colours), layer=Layer.PATH)


def _draw_previous_period(plot: Plot, run: Sequence[int]) -> None:
    """Draw the period before through neighbouring stages that had a figure then and are judged now."""
    points: list[Point] = []
    for i in run:
        before = plot.slide.stages[i].before
        if before is None:
            _draw_ghost(plot, points)
            points = []
        else:
            points.append((plot.slide.centre(i), before))
    _draw_ghost(plot, points)


def _draw_ghost(plot: Plot, points: Sequence[Point]) -> None:
    """Draw a dotted curve through points of x and figure; a single one is a short line beside its face."""
    if not points:
        return
    if len(points) == 1:
        (x, figure), half = points[0], min(90.0, plot.slide.text_width / 2)
        points = [(x - half, figure), (x + half, figure)]
    path = _curve_through(plot, points)
    plot.slide.canvas.line(path, Stroke(plot.slide.theme.ghost, 4.5, (4, 7), round=False), Layer.PATH)


def _curve_through(plot: Plot, points: Sequence[Point]) -> list[Point]:
    xs, figures = zip(*points, strict=True)
    at = _list_samples(xs)
    return [(x, plot.place(figure)) for x, figure in zip(at, monotone_cubic(xs, figures, at), strict=True)]


def _list_samples(xs: Sequence[float]) -> list[float]:
    """Return where a curve from the first to the last of two or more places is looked at, both included."""
    return linspace(xs[0], xs[-1], max(2, 1 + round((xs[-1] - xs[0]) / SAMPLE_GAP)))


def _draw_line(plot: Plot, run: Sequence[int]) -> None:
    """Draw the line from face to face."""
    if len(run) == 1:
        return
    slide = plot.slide
    line = _curve_through(plot, [(slide.centre(i), slide.stages[i].headline.value) for i in run])
    slide.canvas.line(line, Stroke(slide.theme.paper, 11), Layer.PATH)
    slide.canvas.line(line, Stroke(slide.theme.ink, 5.5), Layer.PATH)


def _draw_footprints(plot: Plot) -> None:
    """Draw footprints through the faces of stages without figures."""
    slide, y = plot.slide, plot.height_of(0)
    clear = [(slide.centre(i), y, slide.face_radius + 16.0) for i in range(len(slide.stages))]
    way = [(x, y) for x in (clear[0][0], clear[-1][0])]
    draw_footprints(slide.canvas, points_along(way, FOOT, 1.75 * FOOT), FOOT, clear)


def _draw_face(plot: Plot, place: int) -> None:
    """Draw a stage's face; a grey one with its interval, which no band shows."""
    slide, headline = plot.slide, plot.slide.stages[place].headline
    x, mood = slide.centre(place), headline.mood(slide.gauge)
    if headline.is_visible and not headline.is_judged:
        ends = ((x, plot.place(headline.low)), (x, plot.place(headline.high)))
        slide.canvas.line(ends, Stroke(slide.theme.ghost, 5), Layer.PATH)
    halo = slide.emphasis if place == slide.subject else slide.theme.paper
    is_certain = headline.is_certain(slide.gauge)
    slide.canvas.face(x, plot.height_of(place), slide.face_radius, mood, halo=halo, is_certain=is_certain)
