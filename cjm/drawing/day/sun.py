"""Sun and moon, and the arc that they stand on: they lead the eye through a day, and carry no figure."""

from collections.abc import Sequence
from math import cos, pi, radians, sin

from cjm.drawing.canvas import Canvas
from cjm.drawing.curves import linspace, monotone_cubic
from cjm.drawing.primitives import Layer, PathData, Point, Shape, Stroke
from cjm.figures.day.parts import PartOfDay

RAYS = 8


def sun_height(share: float) -> float:
    """Return how high the sun stands, 0 … 1, after a share (0 … 1) of the day: lowest at midnight, highest at noon."""
    return (1 - cos(2 * pi * share)) / 2


def draw_arc(canvas: Canvas, anchors: Sequence[Point], *, width: float, is_upright: bool) -> None:
    """Draw a dotted curve through the places of sun and moon, which follow each other to the right, or down."""
    along, across = ([point[i] for point in anchors] for i in ((1, 0) if is_upright else (0, 1)))
    steps = linspace(along[0], along[-1], 81)
    curve = zip(steps, monotone_cubic(along, across, steps), strict=True)
    points = [(b, a) if is_upright else (a, b) for a, b in curve]
    canvas.line(points, Stroke(canvas.theme.ghost, width, (0.1, 3.2 * width)), Layer.PATH)


def draw_light(canvas: Canvas, part: PartOfDay, x: float, y: float, r: float) -> None:
    """Draw the moon at night and in the evening, else the sun; a ring of paper keeps the arc off it."""
    canvas.circle(x, y, 1.75 * r, canvas.theme.paper)
    if part in (PartOfDay.NIGHT, PartOfDay.EVENING):
        canvas.add(Shape(_crescent(x, y, r), canvas.theme.structure))
        return
    stroke = Stroke(canvas.theme.structure, 0.16 * r)
    canvas.circle(x, y, 0.72 * r, None, stroke)
    for number in range(RAYS):
        turn = 2 * pi * number / RAYS
        ends = (1.08 * r, 1.45 * r)
        canvas.line([(x + end * cos(turn), y + end * sin(turn)) for end in ends], stroke)


def _crescent(x: float, y: float, r: float) -> PathData:
    """Return the outline of a moon: between a circle and another one, moved to the right, through the same ends."""
    outer = [(r * cos(radians(a)), r * sin(radians(a))) for a in linspace(60, 300, 33)]
    centre, inner = 0.75 * r, 0.9014 * r
    back = [(centre + inner * cos(radians(a)), inner * sin(radians(a))) for a in linspace(254, 106, 33)]
    shift = 0.35 * r  # the crescent is left of its circle's middle
    return PathData.polygon((x + px + shift, y + py) for px, py in (*outer, *back))
