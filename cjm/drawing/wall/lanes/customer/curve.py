"""The lane of the curve: figures as faces, the interval as a band, the period before dotted, the target dashed."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align
from cjm.drawing.curves import ellipse, linspace, monotone_cubic
from cjm.drawing.kinds.other_side import draw_other_curve
from cjm.drawing.marks import draw_dotted_link
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import AxisScale, Band, Box, Layer, Point, Shape, Stroke
from cjm.drawing.theme import mix_colours
from cjm.drawing.wall.page import FIRST, WallLayout

HEIGHT = 288  # a third of a usual wall: the curve is what people look at first
FACE = 24
BESIDE = 42  # from a face to the other side's diamond: two equal figures must both be seen
SAMPLES = 90  # of the curve between two stages: fewer show corners in the band's edge
FADE = 0.42  # of the band into the paper, so that the lines on it stand out
ALONE = 50  # half the width of the band of a judged stage whose neighbours are not: no curve may suggest a trend


def has_curve(presentation: MapPresentation) -> bool:
    return presentation.has_visible_figure


def draw_curve(wall: WallLayout, top: float, _name_bottom: float) -> float:
    """Draw the curve on its axis; the lane is always as high, so that two pictures can be laid beside each other."""
    bottom = top + HEIGHT
    low, high = wall.whole.axis_range()

    def place(value: float) -> float:
        # 34 px at both ends: a face at the end of the axis still lies inside the lane.
        return bottom - 34 - (value - low) / (high - low) * (HEIGHT - 68)

    _draw_axis(wall, place, (low, high))
    ys = [place(stage.headline.value) if stage.headline.is_visible else top + HEIGHT / 2 for stage in wall.stages]
    for i, stage in enumerate(wall.stages):
        if not stage.headline.is_judged:
            wall.draw_unjudged_cell(i, top + 14, bottom - 14)
    _draw_links(wall, ys)
    # The band goes first: it would hide a target or the period before.
    for run in wall.presentation.judged_runs():
        _draw_band(wall, run, place)
    _draw_targets(wall, place)
    _draw_previous_period(wall, place)
    for run in wall.presentation.judged_runs():
        _draw_line(wall, run, place)
    _draw_faces(wall, ys, place)
    others = [(wall.columns.centre(i) + BESIDE, stage.other) for i, stage in enumerate(wall.stages) if stage.other]
    draw_other_curve(wall.canvas, others, place, 9)
    return bottom


def _draw_faces(wall: WallLayout, ys: Sequence[float], place: AxisScale) -> None:
    """Draw a face for each stage; a grey one with its interval, which no band shows."""
    for i, (stage, y) in enumerate(zip(wall.stages, ys, strict=True)):
        x = wall.columns.centre(i)
        if stage.headline.is_visible and not stage.headline.is_judged:
            wall.canvas.line(
                ((x, place(stage.headline.low)), (x, place(stage.headline.high))), Stroke(wall.theme.ghost, 3)
            )
        mood, is_certain = stage.headline.mood(wall.gauge), stage.headline.is_certain(wall.gauge)
        wall.canvas.face(x, y, FACE, mood, halo=wall.theme.paper, is_certain=is_certain)


def _draw_axis(wall: WallLayout, place: AxisScale, ends: tuple[float, float]) -> None:
    """Draw the ticks with their figures, and among them the target where all targets are equal."""
    target = wall.whole.target
    for value in wall.gauge.axis_ticks(*ends):
        y = place(value)
        wall.canvas.rule(FIRST - 6, wall.row_right, y, 1)
        if target is None or abs(place(target) - y) > 18:  # nearer, the two figures would overlap
            text = wall.gauge.format_number(value, wall.words)
            wall.canvas.text(FIRST - 14, y + 5, text, wall.typography.small, wall.theme.quiet, align=Align.RIGHT)
    if target is not None:
        text = wall.gauge.format_number(target, wall.words)
        width = wall.canvas.text(
            FIRST - 14, place(target) + 5, text, wall.typography.small_strong, wall.theme.ink, align=Align.RIGHT
        )
        wall.canvas.icon("flag", FIRST - 14 - width - 11, place(target) - 1, 17, wall.theme.ink)


def _draw_targets(wall: WallLayout, place: AxisScale) -> None:
    """Draw one line where all targets are equal, else a piece with its value in each column."""
    stroke = Stroke(wall.theme.ink, 1.6, (6, 5), round=False)
    if (target := wall.whole.target) is not None:
        wall.canvas.line(((FIRST - 6, place(target)), (wall.row_right, place(target))), stroke, Layer.PATH)
        return
    for i, stage in enumerate(wall.stages):
        if stage.figures.target is None:
            continue
        left, y = wall.columns.left_edge(i), place(stage.figures.target)
        wall.canvas.line(((left, y), (wall.columns.right_edge(i), y)), stroke, Layer.PATH)
        text = wall.gauge.format_figure(stage.figures.target, wall.words)
        # A label hides the curve below it: a target is read, a curve is seen without those pixels.
        label = Box(left, y - 23, 26 + wall.canvas.text_width(text, wall.typography.small), 20)
        wall.canvas.box(label, 5, wall.theme.tint if stage.stands_out else wall.theme.paper)
        wall.canvas.icon("flag", left + 9, y - 12, 17, wall.theme.ink)
        wall.canvas.text(left + 21, y - 8, text, wall.typography.small, wall.theme.ink)


def _draw_links(wall: WallLayout, ys: Sequence[float]) -> None:
    for i in range(len(ys) - 1):
        if not (wall.stages[i].headline.is_judged and wall.stages[i + 1].headline.is_judged):
            draw_dotted_link(
                wall.canvas, ((wall.columns.centre(i), ys[i]), (wall.columns.centre(i + 1), ys[i + 1])), 3, 8
            )


def _draw_previous_period(wall: WallLayout, place: AxisScale) -> None:
    """Draw the period before, dotted, through neighbouring stages that had a figure then and are judged now."""
    for run in wall.presentation.judged_runs():
        points: list[Point] = []
        for i in run:
            before = wall.stages[i].before
            if before is None:
                _draw_dotted_curve(wall, points, place)
                points = []
            else:
                points.append((wall.columns.centre(i), before))
        _draw_dotted_curve(wall, points, place)


def _draw_dotted_curve(wall: WallLayout, points: Sequence[Point], place: AxisScale) -> None:
    """Draw a curve through points of x and figure; a single one becomes a short line, to be seen beside its face."""
    if not points:
        return
    xs, figures = zip(*points, strict=True)
    if len(points) == 1:
        path = [(xs[0] - 46, place(figures[0])), (xs[0] + 46, place(figures[0]))]
    else:
        at = linspace(xs[0], xs[-1], SAMPLES)
        path = [(x, place(figure)) for x, figure in zip(at, monotone_cubic(xs, figures, at), strict=True)]
    wall.canvas.line(path, Stroke(wall.theme.ghost, 2.2, (2, 5)), Layer.PATH)


def _draw_band(wall: WallLayout, run: Sequence[int], place: AxisScale) -> None:
    """Draw the intervals of neighbouring judged stages as a band."""
    theme, gauge = wall.theme, wall.gauge
    figures = [wall.stages[i].headline for i in run]
    xs = [wall.columns.centre(i) for i in run]
    for figure, x in ((figures[0], xs[0]), (figures[-1], xs[-1])):
        top, bottom = place(figure.high), place(figure.low)
        colour = mix_colours(theme.mood_colour(gauge.mood_position(figure.value)), theme.paper, FADE)
        if len(run) == 1:
            wall.canvas.box(Box(x - ALONE, top, 2 * ALONE, bottom - top), 10, colour, layer=Layer.PATH)
            return
        # The band ends in an arc, not in an edge: an edge would look like a value.
        wall.canvas.add(Shape(ellipse(x, (top + bottom) / 2, 22, bottom - top), colour), layer=Layer.PATH)
    at = linspace(xs[0], xs[-1], SAMPLES * (len(run) - 1))
    values = monotone_cubic(xs, [figure.value for figure in figures], at)
    lows = monotone_cubic(xs, [figure.low for figure in figures], at)
    highs = monotone_cubic(xs, [figure.high for figure in figures], at)
    edges = tuple(((x, place(low)), (x, place(high))) for x, low, high in zip(at, lows, highs, strict=True))
    colours = tuple(
        mix_colours(theme.mood_colour(gauge.mood_position(value)), theme.paper, FADE) for value in values[:-1]
    )
    wall.canvas.add(Band(edges, colours), layer=Layer.PATH)


def _draw_line(wall: WallLayout, run: Sequence[int], place: AxisScale) -> None:
    """Draw the line from face to face."""
    if len(run) == 1:
        return
    xs = [wall.columns.centre(i) for i in run]
    at = linspace(xs[0], xs[-1], SAMPLES * (len(run) - 1))
    values = monotone_cubic(xs, [wall.stages[i].headline.value for i in run], at)
    line = [(x, place(value)) for x, value in zip(at, values, strict=True)]
    wall.canvas.line(line, Stroke(wall.theme.paper, 7), Layer.PATH)
    wall.canvas.line(line, Stroke(wall.theme.ink, 3.2), Layer.PATH)
