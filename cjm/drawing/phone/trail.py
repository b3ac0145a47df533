"""The footpath beside the rows: right is happier, its width is the interval, footprints run along it."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from cjm.drawing.curves import along, ellipse, monotone, spaced
from cjm.drawing.parts import bridge, footprints
from cjm.drawing.phone.page import Page
from cjm.drawing.phone.rows import StageRow
from cjm.drawing.primitives import Band, Box, Layer, Shape, Stroke
from cjm.drawing.theme import mix

FACE = 48
INSET = FACE + 10  # so that a face never leaves the lane
SAMPLES = 80  # of the curve between two stages
FOOT = 15
ALONE = 30  # half the height of the band of a stage between two that are not judged
SWAY = 26  # of the way through a map that has no figures yet

Place = Callable[[float], float]  # value → x


def trail(page: Page, rows: Sequence[StageRow], lane: Box) -> None:
    """Puts the lane, the path and the faces on the sheet."""
    page.sheet.box(lane, 40, page.theme.soft, layer=Layer.GROUND)
    low, high = page.reading.axis()

    def place(value: float) -> float:
        return lane.x + INSET + (value - low) / (high - low) * (lane.width - 2 * INSET)

    xs = [_x(page, i, place, lane) for i in range(len(rows))]
    if not page.reading.charted:
        _way_ahead(page, rows, xs)
    else:
        _targets(page, rows, lane, place)
        _bridges(page, rows, xs, lane)
    for run in page.reading.runs():
        here = [i - page.first for i in run if page.first <= i < page.last]
        if here:
            _path(page, rows, here, xs, place)
    for stage, found, x in zip(page.stages, rows, xs, strict=True):
        page.sheet.face(x, found.face, FACE, stage.figure.mood(page.gauge), halo=page.theme.soft)


def _x(page: Page, i: int, place: Place, lane: Box) -> float:
    """Where a stage's face stands; in the middle where its figure is not shown."""
    stage = page.stages[i]
    if stage.figure.shown:
        return place(stage.figure.value)
    middle = lane.x + lane.width / 2
    return middle + (SWAY if i % 2 else -SWAY) if not page.reading.charted else middle


def _way_ahead(page: Page, rows: Sequence[StageRow], xs: Sequence[float]) -> None:
    """Footprints through the faces of stages nobody has told about yet."""
    ys = [row.face for row in rows]
    if len(ys) < 2:
        return
    at = spaced(ys[0], ys[-1], SAMPLES * len(ys))
    points = list(zip(monotone(ys, xs, at), at, strict=True))
    clear = [(x, y, FACE + 16.0) for x, y in zip(xs, ys, strict=True)]
    footprints(page.sheet, along(points, FOOT, 1.75 * FOOT), FOOT, clear)


def _targets(page: Page, rows: Sequence[StageRow], lane: Box, place: Place) -> None:
    """One dashed line where all stages share a target, a piece beside each row otherwise; a flag above."""
    stroke = Stroke(page.theme.ghost, 3, (8, 10), round=False)
    with_target = [
        (stage.look.target, row) for stage, row in zip(page.stages, rows, strict=True) if stage.look.target is not None
    ]
    if not with_target:
        return
    first = place(with_target[0][0])
    flag_y = with_target[0][1].top + 42
    if page.reading.target is not None:
        page.sheet.line(((first, flag_y + 20), (first, lane.bottom - 24)), stroke, Layer.PATH)
    else:
        for target, row in with_target:
            x = place(target)
            page.sheet.line(((x, row.top + 62), (x, row.bottom - 24)), stroke, Layer.PATH)
    page.sheet.icon("flag", first + 11, flag_y, 36, page.theme.quiet)


def _bridges(page: Page, rows: Sequence[StageRow], xs: Sequence[float], lane: Box) -> None:
    """Dots between two stages that are not both judged, and towards the pages before and after."""
    stages = page.stages
    ends = [(x, row.face) for x, row in zip(xs, rows, strict=True)]
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(ends)):
        if not (stages[i].figure.judged and stages[i + 1].figure.judged):
            ys = spaced(y0, y1, 24)
            bridge(page.sheet, list(zip(monotone((y0, y1), (x0, x1), ys), ys, strict=True)), 6, 15)
    if page.number:
        bridge(page.sheet, ((xs[0], lane.y + 14), ends[0]), 6, 15)
    if page.number + 1 < page.pages:
        bridge(page.sheet, (ends[-1], (xs[-1], lane.bottom - 12)), 6, 15)


def _path(page: Page, rows: Sequence[StageRow], run: Sequence[int], xs: Sequence[float], place: Place) -> None:
    """The band through neighbouring judged stages."""
    theme, gauge = page.theme, page.gauge
    figures = [page.stages[i].figure for i in run]
    ys = [rows[i].face for i in run]
    for figure, y in ((figures[0], ys[0]), (figures[-1], ys[-1])):
        left, right = place(figure.low), place(figure.high)
        colour = mix(theme.along(gauge.place(figure.value)), theme.soft, 0.3)
        if len(run) == 1:
            page.sheet.box(Box(left, y - ALONE, right - left, 2 * ALONE), 20, colour, layer=Layer.PATH)
            return
        page.sheet.put(Shape(ellipse((left + right) / 2, y, right - left, 26), colour), layer=Layer.PATH)
    at = spaced(ys[0], ys[-1], SAMPLES * (len(run) - 1))
    values = monotone(ys, [figure.value for figure in figures], at)
    lows = monotone(ys, [figure.low for figure in figures], at)
    highs = monotone(ys, [figure.high for figure in figures], at)
    edges = tuple(((place(low), y), (place(high), y)) for low, high, y in zip(lows, highs, at, strict=True))
    colours = tuple(mix(theme.along(gauge.place(value)), theme.soft, 0.3) for value in values[:-1])
    page.sheet.put(Band(edges, colours), layer=Layer.PATH)
    middle = [(place(value), y) for value, y in zip(values, at, strict=True)]
    clear = [(xs[i], rows[i].face, FACE + 16.0) for i in run]
    footprints(page.sheet, along(middle, FOOT, 1.75 * FOOT), FOOT, clear)
