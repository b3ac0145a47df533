"""The trail beside the rows: right is happier, its width is the interval, footprints run along it."""

from collections.abc import Sequence
from itertools import pairwise

from cjm.drawing.curves import ellipse, linspace, monotone_cubic, points_along
from cjm.drawing.marks import draw_dotted_link, draw_footprints
from cjm.drawing.phone.page import PhonePage
from cjm.drawing.phone.rows import StageRow
from cjm.drawing.primitives import AxisScale, Band, Box, Layer, Shape, Stroke
from cjm.drawing.theme import mix_colours

FACE = 48
INSET = FACE + 4  # a face at the end of the axis still lies inside the lane
SAMPLES = 80  # of the curve between two stages: fewer show corners in the band's edge
FOOT = 15  # length of a footprint; the step of 1.75 of them looks like walking
ALONE = 30  # half the height of the band of a judged stage whose neighbours are not: no curve may suggest a trend
SWAY = 26  # of the faces on a map without figures: a straight line would read as "all the same"
CLEAR = FACE + 16.0  # radius around a face without footprints
FADE = 0.3  # of the band into its ground, so that faces and footprints stand out


def draw_trail(page: PhonePage, rows: Sequence[StageRow], lane: Box) -> None:
    """Draw the lane, the path and the faces."""
    page.canvas.box(lane, 40, page.theme.soft, layer=Layer.GROUND)
    low, high = page.gauge.axis_range

    def place(value: float) -> float:
        return lane.x + INSET + (value - low) / (high - low) * (lane.width - 2 * INSET)

    xs = [_face_x(page, i, place, lane) for i in range(len(rows))]
    if not page.presentation.has_visible_figure:
        _draw_unmeasured_trail(page, rows, xs)
    else:
        _draw_targets(page, rows, lane, place)
        _draw_links(page, rows, xs, lane)
    # Runs may cross pages: of each, this page draws the stages that stand on it.
    for run in page.presentation.judged_runs():
        on_this_page = [i - page.first for i in run if page.first <= i < page.last]
        if on_this_page:
            _draw_band(page, rows, on_this_page, xs, place)
    for stage, row, x in zip(page.stages, rows, xs, strict=True):
        mood, is_certain = stage.headline.mood(page.gauge), stage.headline.is_certain(page.gauge)
        page.canvas.face(x, row.face_y, FACE, mood, halo=page.theme.soft, is_certain=is_certain)


def _face_x(page: PhonePage, i: int, place: AxisScale, lane: Box) -> float:
    """Return the place of a stage's face; in or near the middle where its figure is not shown."""
    stage = page.stages[i]
    if stage.headline.is_visible:
        return place(stage.headline.value)
    middle = lane.x + lane.width / 2
    return middle + (SWAY if i % 2 else -SWAY) if not page.presentation.has_visible_figure else middle


def _draw_unmeasured_trail(page: PhonePage, rows: Sequence[StageRow], xs: Sequence[float]) -> None:
    """Draw footprints through the faces of stages without figures."""
    ys = [row.face_y for row in rows]
    if len(ys) < 2:
        return
    at = linspace(ys[0], ys[-1], SAMPLES * len(ys))
    points = list(zip(monotone_cubic(ys, xs, at), at, strict=True))
    clear = [(x, y, CLEAR) for x, y in zip(xs, ys, strict=True)]
    draw_footprints(page.canvas, points_along(points, FOOT, 1.75 * FOOT), FOOT, clear)


def _draw_targets(page: PhonePage, rows: Sequence[StageRow], lane: Box, place: AxisScale) -> None:
    """Draw one dashed line where all targets are equal, else a piece beside each row; a flag above."""
    stroke = Stroke(page.theme.ghost, 3, (8, 10), round=False)
    with_target = [
        (stage.figures.target, row)
        for stage, row in zip(page.stages, rows, strict=True)
        if stage.figures.target is not None
    ]
    if not with_target:
        return
    first = place(with_target[0][0])
    flag_y = with_target[0][1].top + 42
    if page.presentation.target is not None:
        page.canvas.line(((first, flag_y + 20), (first, lane.bottom - 24)), stroke, Layer.PATH)
    else:
        for target, row in with_target:
            x = place(target)
            page.canvas.line(((x, row.top + 62), (x, row.bottom - 24)), stroke, Layer.PATH)
    page.canvas.icon("flag", first + 11, flag_y, 36, page.theme.quiet)


def _draw_links(page: PhonePage, rows: Sequence[StageRow], xs: Sequence[float], lane: Box) -> None:
    """Draw dots between two stages that are not both judged, and towards the pages before and after."""
    stages = page.stages
    ends = [(x, row.face_y) for x, row in zip(xs, rows, strict=True)]
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(ends)):
        if not (stages[i].headline.is_judged and stages[i + 1].headline.is_judged):
            ys = linspace(y0, y1, 24)
            draw_dotted_link(page.canvas, list(zip(monotone_cubic((y0, y1), (x0, x1), ys), ys, strict=True)), 6, 15)
    if page.number:  # the trail comes from the page before
        draw_dotted_link(page.canvas, ((xs[0], lane.y + 14), ends[0]), 6, 15)
    if page.number + 1 < page.page_count:
        draw_dotted_link(page.canvas, (ends[-1], (xs[-1], lane.bottom - 12)), 6, 15)


def _draw_band(
    page: PhonePage, rows: Sequence[StageRow], run: Sequence[int], xs: Sequence[float], place: AxisScale
) -> None:
    """Draw the band of intervals through neighbouring judged stages, with footprints along its middle."""
    theme, gauge = page.theme, page.gauge
    figures = [page.stages[i].headline for i in run]
    ys = [rows[i].face_y for i in run]
    for figure, y in ((figures[0], ys[0]), (figures[-1], ys[-1])):
        left, right = place(figure.low), place(figure.high)
        colour = mix_colours(theme.mood_colour(gauge.mood_position(figure.value)), theme.soft, FADE)
        if len(run) == 1:
            page.canvas.box(Box(left, y - ALONE, right - left, 2 * ALONE), 20, colour, layer=Layer.PATH)
            return
        # The band ends in an arc, not in an edge: an edge would look like a value.
        page.canvas.add(Shape(ellipse((left + right) / 2, y, right - left, 26), colour), layer=Layer.PATH)
    at = linspace(ys[0], ys[-1], SAMPLES * (len(run) - 1))
    values = monotone_cubic(ys, [figure.value for figure in figures], at)
    lows = monotone_cubic(ys, [figure.low for figure in figures], at)
    highs = monotone_cubic(ys, [figure.high for figure in figures], at)
    edges = tuple(((place(low), y), (place(high), y)) for low, high, y in zip(lows, highs, at, strict=True))
    colours = tuple(
        mix_colours(theme.mood_colour(gauge.mood_position(value)), theme.soft, FADE) for value in values[:-1]
    )
    page.canvas.add(Band(edges, colours), layer=Layer.PATH)
    middle = [(place(value), y) for value, y in zip(values, at, strict=True)]
    clear = [(xs[i], rows[i].face_y, CLEAR) for i in run]
    draw_footprints(page.canvas, points_along(middle, FOOT, 1.75 * FOOT), FOOT, clear)
