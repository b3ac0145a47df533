"""The curve of the wall: figures as faces, the interval as a band, the period before as a ghost, the target dashed."""

from collections.abc import Callable, Sequence

from cjm.drawing.canvas import Align
from cjm.drawing.curves import along, ellipse, monotone, spaced
from cjm.drawing.parts import bridge, footprints
from cjm.drawing.primitives import Band, Box, Layer, Shape, Stroke
from cjm.drawing.theme import mix
from cjm.drawing.wall.page import FIRST, Wall

HEIGHT = 288
FACE = 24
SAMPLES = 90  # of the curve between two stages
FADE = 0.42  # of the band into the paper
AHEAD, SWAY = 84, 22  # the height and the sway of the way through a map that has no figures yet
ALONE = 50  # half the width of the band of a stage between two that are not judged

Place = Callable[[float], float]  # value → y


def curve(wall: Wall, top: float) -> float:
    """Where no figure can be shown yet, a way is still there: footprints through faces without an expression."""
    if not wall.reading.charted:
        return _way_ahead(wall, top)
    scale = wall.reading.look.scale.value
    wall.name(top, wall.words("map.lane.curve"), wall.words(f"map.unit.{scale}"), room=88)
    bottom = top + HEIGHT
    low, high = wall.reading.axis()

    def place(value: float) -> float:
        return bottom - 34 - (value - low) / (high - low) * (HEIGHT - 68)

    _axis(wall, place, (low, high))
    ys = [place(stage.figure.value) if stage.figure.shown else top + HEIGHT / 2 for stage in wall.stages]
    for i, stage in enumerate(wall.stages):
        if not stage.figure.judged:
            wall.unknown(i, top + 14, bottom - 14)
    _bridges(wall, ys)
    # The band first: a target or a ghost under it would vanish.
    for run in wall.reading.runs():
        _band(wall, run, place)
    _targets(wall, place)
    _ghosts(wall, place)
    for run in wall.reading.runs():
        _line(wall, run, place)
    _faces(wall, ys, place)
    return bottom


def _faces(wall: Wall, ys: Sequence[float], place: Place) -> None:
    """A face a stage; one that is grey with its interval, because no band shows it."""
    for i, (stage, y) in enumerate(zip(wall.stages, ys, strict=True)):
        x = wall.columns.middle(i)
        if stage.figure.shown and not stage.figure.judged:
            wall.sheet.line(((x, place(stage.figure.low)), (x, place(stage.figure.high))), Stroke(wall.theme.ghost, 3))
        wall.sheet.face(x, y, FACE, stage.figure.mood(wall.gauge), halo=wall.theme.paper)


def _axis(wall: Wall, place: Place, ends: tuple[float, float]) -> None:
    """Names the ticks; the target, where all stages share it, stands among them."""
    target = wall.reading.target
    for value in wall.gauge.ticks(*ends):
        y = place(value)
        wall.sheet.rule(FIRST - 6, wall.columns.end, y, 1)
        if target is None or abs(place(target) - y) > 18:
            text = wall.gauge.number(value, wall.words)
            wall.sheet.text(FIRST - 14, y + 5, text, wall.type.small, wall.theme.quiet, align=Align.RIGHT)
    if target is not None:
        text = wall.gauge.number(target, wall.words)
        width = wall.sheet.text(
            FIRST - 14, place(target) + 5, text, wall.type.small_strong, wall.theme.ink, align=Align.RIGHT
        )
        wall.sheet.icon("flag", FIRST - 14 - width - 11, place(target) - 1, 17, wall.theme.ink)


def _targets(wall: Wall, place: Place) -> None:
    """One line where all stages share a target, a piece with its value in each column otherwise."""
    stroke = Stroke(wall.theme.ink, 1.6, (6, 5), round=False)
    if (target := wall.reading.target) is not None:
        wall.sheet.line(((FIRST - 6, place(target)), (wall.columns.end, place(target))), stroke, Layer.PATH)
        return
    for i, stage in enumerate(wall.stages):
        if stage.look.target is None:
            continue
        left, y = wall.columns.left(i), place(stage.look.target)
        wall.sheet.line(((left, y), (wall.columns.right(i), y)), stroke, Layer.PATH)
        text = wall.gauge.figure(stage.look.target, wall.words)
        label = Box(left, y - 23, 26 + wall.sheet.width(text, wall.type.small), 20)
        wall.sheet.box(label, 5, wall.theme.tint if stage.weakest else wall.theme.paper)
        wall.sheet.icon("flag", left + 9, y - 12, 17, wall.theme.ink)
        wall.sheet.text(left + 21, y - 8, text, wall.type.small, wall.theme.ink)


def _bridges(wall: Wall, ys: Sequence[float]) -> None:
    for i in range(len(ys) - 1):
        if not (wall.stages[i].figure.judged and wall.stages[i + 1].figure.judged):
            bridge(wall.sheet, ((wall.columns.middle(i), ys[i]), (wall.columns.middle(i + 1), ys[i + 1])), 3, 8)


def _ghosts(wall: Wall, place: Place) -> None:
    """The period before, dotted, through the stages that had a figure then and have one now."""
    stroke = Stroke(wall.theme.ghost, 2.2, (2, 5))
    for run in wall.reading.runs():
        points: list[tuple[float, float]] = []
        for i in [*run, None]:
            before = wall.stages[i].before if i is not None else None
            if i is not None and before is not None:
                points.append((wall.columns.middle(i), before))
                continue
            if len(points) == 1:
                x, y = points[0][0], place(points[0][1])
                wall.sheet.line(((x - 46, y), (x + 46, y)), stroke, Layer.PATH)
            elif points:
                xs, values = [x for x, _ in points], [value for _, value in points]
                at = spaced(xs[0], xs[-1], SAMPLES)
                wall.sheet.line(
                    [(x, place(v)) for x, v in zip(at, monotone(xs, values, at), strict=True)], stroke, Layer.PATH
                )
            points = []


def _band(wall: Wall, run: Sequence[int], place: Place) -> None:
    """The intervals of neighbouring judged stages."""
    theme, gauge = wall.theme, wall.gauge
    figures = [wall.stages[i].figure for i in run]
    xs = [wall.columns.middle(i) for i in run]
    for figure, x in ((figures[0], xs[0]), (figures[-1], xs[-1])):
        top, bottom = place(figure.high), place(figure.low)
        colour = mix(theme.along(gauge.place(figure.value)), theme.paper, FADE)
        if len(run) == 1:
            wall.sheet.box(Box(x - ALONE, top, 2 * ALONE, bottom - top), 10, colour, layer=Layer.PATH)
            return
        wall.sheet.put(Shape(ellipse(x, (top + bottom) / 2, 22, bottom - top), colour), layer=Layer.PATH)
    at = spaced(xs[0], xs[-1], SAMPLES * (len(run) - 1))
    values = monotone(xs, [figure.value for figure in figures], at)
    lows = monotone(xs, [figure.low for figure in figures], at)
    highs = monotone(xs, [figure.high for figure in figures], at)
    edges = tuple(((x, place(low)), (x, place(high))) for x, low, high in zip(at, lows, highs, strict=True))
    colours = tuple(mix(theme.along(gauge.place(value)), theme.paper, FADE) for value in values[:-1])
    wall.sheet.put(Band(edges, colours), layer=Layer.PATH)


def _line(wall: Wall, run: Sequence[int], place: Place) -> None:
    """The way from face to face."""
    if len(run) == 1:
        return
    xs = [wall.columns.middle(i) for i in run]
    at = spaced(xs[0], xs[-1], SAMPLES * (len(run) - 1))
    values = monotone(xs, [wall.stages[i].figure.value for i in run], at)
    line = [(x, place(value)) for x, value in zip(at, values, strict=True)]
    wall.sheet.line(line, Stroke(wall.theme.paper, 7), Layer.PATH)
    wall.sheet.line(line, Stroke(wall.theme.ink, 3.2), Layer.PATH)


def _way_ahead(wall: Wall, top: float) -> float:
    wall.name(top, wall.words("map.lane.curve"), room=88)
    xs = [wall.columns.middle(i) for i in range(wall.columns.count)]
    ys = [top + AHEAD + (SWAY if i % 2 else -SWAY) for i in range(len(xs))]
    at = spaced(xs[0], xs[-1], SAMPLES * len(xs)) if len(xs) > 1 else xs
    points = list(zip(at, monotone(xs, ys, at), strict=True))
    footprints(wall.sheet, along(points, 8, 15), 8, [(x, y, FACE + 9.0) for x, y in zip(xs, ys, strict=True)])
    for x, y in zip(xs, ys, strict=True):
        wall.sheet.face(x, y, FACE, None, halo=wall.theme.paper)
    y = top + 2 * AHEAD
    if wall.reading.empty:
        room = wall.columns.end - FIRST
        wall.sheet.text(FIRST, y, wall.words("map.empty"), wall.type.lead, wall.theme.quiet, room=room)
        y += 32
    return y
