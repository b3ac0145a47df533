"""The lane in place of the curve while no figure can be shown: footprints through faces without an expression."""

from cjm.drawing.curves import linspace, monotone_cubic, points_along
from cjm.drawing.marks import draw_footprints
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.lanes.customer.curve import FACE, SAMPLES
from cjm.drawing.wall.page import FIRST, WallLayout

HEIGHT = 168
SWAY = 22  # of the faces up and down, so that it reads as a path and not as a rule


def has_no_curve(presentation: MapPresentation) -> bool:
    return not presentation.has_visible_figure


def draw_unmeasured_trail(wall: WallLayout, top: float, _name_bottom: float) -> float:
    """Draw footprints through faces without an expression, one a stage."""
    xs = [wall.columns.centre(i) for i in range(len(wall.stages))]
    ys = [top + HEIGHT / 2 + (SWAY if i % 2 else -SWAY) for i in range(len(xs))]
    at = linspace(xs[0], xs[-1], SAMPLES * len(xs)) if len(xs) > 1 else xs
    points = list(zip(at, monotone_cubic(xs, ys, at), strict=True))
    draw_footprints(
        wall.canvas, points_along(points, 8, 15), 8, [(x, y, FACE + 9.0) for x, y in zip(xs, ys, strict=True)]
    )
    for x, y in zip(xs, ys, strict=True):
        wall.canvas.face(x, y, FACE, None, halo=wall.theme.paper)
    y = top + HEIGHT
    if wall.whole.is_empty and not wall.first:
        room = wall.columns.content_right - FIRST
        wall.canvas.text(FIRST, y, wall.words("map.empty"), wall.typography.lead, wall.theme.quiet, max_width=room)
        y += 32
    return y
