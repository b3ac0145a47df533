"""Marks that both layouts draw: badges of a change, bars of an interval, footprints, dotted links."""

import math
from collections.abc import Sequence

from cjm.drawing.canvas import Canvas
from cjm.drawing.curves import ellipse
from cjm.drawing.gauge import Gauge
from cjm.drawing.kinds.other_side import draw_other_bar
from cjm.drawing.presentation import StagePresentation
from cjm.drawing.primitives import Box, Layer, Point, Shape, Stroke
from cjm.drawing.theme import FontStyle


def badge_width(canvas: Canvas, text: str, style: FontStyle, icon: str | None = None) -> float:
    """Return the width of a badge without drawing it: the title beside it needs to know."""
    return canvas.text_width(text, style) + style.px * (1.95 if icon else 1.0)


def draw_badge(canvas: Canvas, end: Point, text: str, style: FontStyle, *, fill: str, icon: str | None = None) -> float:
    """Draw a solid badge with round ends whose right end lies at ``end``; return its width."""
    px = style.px  # all distances are shares of the size, so a badge looks the same in both layouts
    width = badge_width(canvas, text, style, icon)
    left, middle = end[0] - width, end[1]
    canvas.box(Box(left, middle - 0.75 * px, width, 1.5 * px), px, fill)
    if icon:
        canvas.icon(icon, left + 0.9 * px, middle, 0.92 * px, canvas.theme.on_structure, weight=3.0)
    canvas.text(
        left + (1.45 if icon else 0.5) * px, middle + style.half_capital, text, style, canvas.theme.on_structure
    )
    return width


def draw_interval_bar(canvas: Canvas, box: Box, gauge: Gauge, stage: StagePresentation) -> None:
    """Draw the whole scale as a track with interval and figure, the period before below, the target dashed across.

    Sizes are shares of the bar's height, so one function serves both layouts.
    """
    theme, figure, h = canvas.theme, stage.headline, box.height
    middle = box.y + h / 2
    least, most = gauge.spec.bounds

    def place(value: float) -> float:
        share = (value - least) / (most - least)
        return box.x + min(max(share, 0.0), 1.0) * box.width

    canvas.box(Box(box.x, middle - 0.16 * h, box.width, 0.32 * h), h, theme.rule)
    if stage.figures.target is not None:
        x = place(stage.figures.target)
        dashed = Stroke(theme.ink, max(1.6, 0.13 * h), (0.26 * h, 0.22 * h), round=False)
        canvas.line(((x, middle - 1.25 * h), (x, middle + 0.95 * h)), dashed)
    # A very narrow interval, or one at the end of the scale, is still drawn as wide as high: a dot must fit on it.
    left = min(place(figure.low), box.right - h)
    _draw_interval(canvas, Box(left, box.y, max(place(figure.high) - left, h), h), figure.mood(gauge))
    draw_other_bar(canvas, box, place, stage.other)
    if stage.before is not None:
        x = place(stage.before)
        canvas.line(((x, middle + 0.62 * h), (x, middle + 1.3 * h)), Stroke(theme.ghost, 0.26 * h))
    dot = theme.ink if figure.is_judged else theme.on_grey
    canvas.circle(place(figure.value), middle, 0.33 * h, dot, Stroke(theme.card, max(1.0, 0.1 * h)))


def _draw_interval(canvas: Canvas, bar: Box, mood: int | None) -> None:
    theme, h = canvas.theme, bar.height
    if mood is None:
        canvas.hatch(bar, h / 2, max(5.0, 0.5 * h), max(1.2, 0.1 * h))
        canvas.box(bar, h / 2, None, Stroke(theme.ghost, max(1.0, 0.06 * h)))
    else:
        canvas.box(bar, h / 2, theme.moods[mood], Stroke(theme.mood_rim(mood), max(1.0, 0.05 * h)))


def draw_footprints(
    canvas: Canvas,
    places: Sequence[tuple[float, float, float]],
    size: float,
    clear: Sequence[tuple[float, float, float]] = (),
) -> None:
    """Draw footprints left and right of a way at ``places`` (x, y, direction in radians).

    None is drawn inside the circles ``clear`` (x, y, radius).
    """
    for i, (x, y, turn) in enumerate(places):
        if any(math.hypot(x - cx, y - cy) < r for cx, cy, r in clear):
            continue
        side = 0.42 * size * (1 if i % 2 else -1)
        foot = ellipse(x - side * math.sin(turn), y + side * math.cos(turn), size, 0.54 * size, turn)
        canvas.add(Shape(foot, canvas.theme.ink), layer=Layer.PATH)


def draw_dotted_link(canvas: Canvas, points: Sequence[Point], width: float, gap: float) -> None:
    """Draw a dotted line: stages follow each other here, and nothing between them was measured."""
    # A dash of almost no length with round ends is drawn as a dot.
    canvas.line(points, Stroke(canvas.theme.ghost, width, (0.1, gap)), Layer.PATH)
