"""The curve of the wall: figures as faces, the interval as a band, the period before as a ghost, the target dashed."""

from collections.abc import Callable, Sequence

from cjm.drawing.canvas import Align
from cjm.drawing.curves import ellipse, linspace, monotone_cubic
from cjm.drawing.marks import draw_dotted_link
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Band, Box, Layer, Shape, Stroke
from cjm.drawing.theme import mix_colours
from cjm.drawing.wall.page import FIRST, WallLayout

HEIGHT = 288
FACE = 24
SAMPLES = 90  # of the curve between two stages
FADE = 0.42  # of the band into the paper
ALONE = 50  # half the width of the band of a stage between two that are not judged

Place = Callable[[float], float]  # value → y


def has_curve(presentation: MapPresentation) -> bool:
    return presentation.has_visible_figure


def draw_curve(wall: WallLayout, top: float, _name_bottom: float) -> float:
    """Draw the curve on its axis; the lane is always as high, so that two pictures can be laid beside each other."""
    bottom = top + HEIGHT
    low, high = wall.presentation.axis_range()

    def place(value: float) -> float:
        return bottom - 34 - (value - low) / (high - low) * (HEIGHT - 68)

    _draw_axis(wall, place, (low, high))
    ys = [place(stage.headline.value) if stage.headline.is_visible else top + HEIGHT / 2 for stage in wall.stages]
    for i, stage in enumerate(wall.stages):
        if not stage.headline.is_judged:
            wall.draw_unjudged_cell(i, top + 14, bottom - 14)
    _draw_links(wall, ys)
    # The band first: a target or a ghost under it would vanish.
    for run in wall.presentation.judged_runs():
        _draw_band(wall, run, place)
    _draw_targets(wall, place)
    _draw_previous_period(wall, place)
    for run in wall.presentation.judged_runs():
        _draw_line(wall, run, place)
    _draw_faces(wall, ys, place)
    return bottom


def _draw_faces(wall: WallLayout, ys: Sequence[float], place: Place) -> None:
    """A face a stage; one that is grey with its interval, because no band shows it."""
    for i, (stage, y) in enumerate(zip(wall.stages, ys, strict=True)):
        x = wall.columns.centre(i)
        if stage.headline.is_visible and not stage.headline.is_judged:
            wall.canvas.line(
                ((x, place(stage.headline.low)), (x, place(stage.headline.high))), Stroke(wall.theme.ghost, 3)
            )
        wall.canvas.face(x, y, FACE, stage.headline.mood(wall.gauge), halo=wall.theme.paper)


def _draw_axis(wall: WallLayout, place: Place, ends: tuple[float, float]) -> None:
    """Names the ticks; the target, where all stages share it, stands among them."""
    target = wall.presentation.target
    for value in wall.gauge.axis_ticks(*ends):
        y = place(value)
        wall.canvas.rule(FIRST - 6, wall.columns.content_right, y, 1)
        if target is None or abs(place(target) - y) > 18:
            text = wall.gauge.format_number(value, wall.words)
            wall.canvas.text(FIRST - 14, y + 5, text, wall.typography.small, wall.theme.quiet, align=Align.RIGHT)
    if target is not None:
        text = wall.gauge.format_number(target, wall.words)
        width = wall.canvas.text(
            FIRST - 14, place(target) + 5, text, wall.typography.small_strong, wall.theme.ink, align=Align.RIGHT
        )
        wall.canvas.icon("flag", FIRST - 14 - width - 11, place(target) - 1, 17, wall.theme.ink)


def _draw_targets(wall: WallLayout, place: Place) -> None:
    """One line where all stages share a target, a piece with its value in each column otherwise."""
    stroke = Stroke(wall.theme.ink, 1.6, (6, 5), round=False)
    if (target := wall.presentation.target) is not None:
        wall.canvas.line(((FIRST - 6, place(target)), (wall.columns.content_right, place(target))), stroke, Layer.PATH)
        return
    for i, stage in enumerate(wall.stages):
        if stage.figures.target is None:
            continue
        left, y = wall.columns.left_edge(i), place(stage.figures.target)
        wall.canvas.line(((left, y), (wall.columns.right_edge(i), y)), stroke, Layer.PATH)
        text = wall.gauge.format_figure(stage.figures.target, wall.words)
        label = Box(left, y - 23, 26 + wall.canvas.text_width(text, wall.typography.small), 20)
        wall.canvas.box(label, 5, wall.theme.tint if stage.is_weakest else wall.theme.paper)
        wall.canvas.icon("flag", left + 9, y - 12, 17, wall.theme.ink)
        wall.canvas.text(left + 21, y - 8, text, wall.typography.small, wall.theme.ink)


def _draw_links(wall: WallLayout, ys: Sequence[float]) -> None:
    for i in range(len(ys) - 1):
        if not (wall.stages[i].headline.is_judged and wall.stages[i + 1].headline.is_judged):
            draw_dotted_link(
                wall.canvas, ((wall.columns.centre(i), ys[i]), (wall.columns.centre(i + 1), ys[i + 1])), 3, 8
            )


def _draw_previous_period(wall: WallLayout, place: Place) -> None:
    """The period before, dotted, through the stages that had a figure then and have one now."""
    stroke = Stroke(wall.theme.ghost, 2.2, (2, 5))
    for run in wall.presentation.judged_runs():
        points: list[tuple[float, float]] = []
        for i in [*run, None]:
            before = wall.stages[i].before if i is not None else None
            if i is not None and before is not None:
                points.append((wall.columns.centre(i), before))
                continue
            if len(points) == 1:
                x, y = points[0][0], place(points[0][1])
                wall.canvas.line(((x - 46, y), (x + 46, y)), stroke, Layer.PATH)
            elif points:
                xs, values = [x for x, _ in points], [value for _, value in points]
                at = linspace(xs[0], xs[-1], SAMPLES)
                wall.canvas.line(
                    [(x, place(v)) for x, v in zip(at, monotone_cubic(xs, values, at), strict=True)], stroke, Layer.PATH
                )
            points = []


def _draw_band(wall: WallLayout, run: Sequence[int], place: Place) -> None:
    """The intervals of neighbouring judged stages."""
    theme, gauge = wall.theme, wall.gauge
    figures = [wall.stages[i].headline for i in run]
    xs = [wall.columns.centre(i) for i in run]
    for figure, x in ((figures[0], xs[0]), (figures[-1], xs[-1])):
        top, bottom = place(figure.high), place(figure.low)
        colour = mix_colours(theme.mood_colour(gauge.mood_position(figure.value)), theme.paper, FADE)
        if len(run) == 1:
            wall.canvas.box(Box(x - ALONE, top, 2 * ALONE, bottom - top), 10, colour, layer=Layer.PATH)
            return
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


def _draw_line(wall: WallLayout, run: Sequence[int], place: Place) -> None:
    """The way from face to face."""
    if len(run) == 1:
        return
    xs = [wall.columns.centre(i) for i in run]
    at = linspace(xs[0], xs[-1], SAMPLES * (len(run) - 1))
    values = monotone_cubic(xs, [wall.stages[i].headline.value for i in run], at)
    line = [(x, place(value)) for x, value in zip(at, values, strict=True)]
    wall.canvas.line(line, Stroke(wall.theme.paper, 7), Layer.PATH)
    wall.canvas.line(line, Stroke(wall.theme.ink, 3.2), Layer.PATH)
