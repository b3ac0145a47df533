"""Outlines and curves in plain floats: a layout is made without loading numpy or matplotlib."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from cjm.drawing.primitives import PathData, Point

KAPPA = 0.5523  # reach of a cubic's control points, as a share of the radius, to follow a quarter of a circle


def rounded_box(x: float, y: float, width: float, height: float, r: float) -> PathData:
    """Return a box with round corners; a radius that is too large becomes the largest that fits."""
    r = max(0.0, min(r, width / 2, height / 2))
    k = r * (1 - KAPPA)
    right, bottom = x + width, y + height
    return PathData(
        (
            (x + r, y),
            (right - r, y),
            *((right - k, y), (right, y + k), (right, y + r)),
            (right, bottom - r),
            *((right, bottom - k), (right - k, bottom), (right - r, bottom)),
            (x + r, bottom),
            *((x + k, bottom), (x, bottom - k), (x, bottom - r)),
            (x, y + r),
            *((x, y + k), (x + k, y), (x + r, y)),
            (x + r, y),
        ),
        "MLCCCLCCCLCCCLCCCZ",
    )


def circle(x: float, y: float, r: float) -> PathData:
    return rounded_box(x - r, y - r, 2 * r, 2 * r, r)


def ellipse(x: float, y: float, width: float, height: float, turn: float = 0.0) -> PathData:
    """Return an ellipse around (x, y) whose ``width`` axis is turned by ``turn`` radians."""
    cos, sin = math.cos(turn), math.sin(turn)
    upright = rounded_box(-1, -1, 2, 2, 1)
    stretched = [(px * width / 2, py * height / 2) for px, py in upright.points]
    return PathData(tuple((x + px * cos - py * sin, y + px * sin + py * cos) for px, py in stretched), upright.verbs)


def star(x: float, y: float, r: float) -> PathData:
    """Return a star with five points, slightly lowered: its visual weight lies in the upper half."""
    rays = (r if i % 2 == 0 else 0.45 * r for i in range(10))
    turns = (math.pi * (i / 5 - 0.5) for i in range(10))
    return PathData.polygon(
        (x + ray * math.cos(a), y + 0.06 * r + ray * math.sin(a)) for ray, a in zip(rays, turns, strict=True)
    )


def monotone_cubic(xs: Sequence[float], ys: Sequence[float], new_xs: Sequence[float]) -> list[float]:
    """Return the values at ``new_xs`` of a cubic through all points that never overshoots one.

    A curve that overshoots would show a feeling that nobody had. The slopes are those of Fritsch & Butland (1984): the
    harmonic mean of both neighbours, zero where the direction turns and at both ends.
    """
    if len(xs) == 1:
        return [ys[0]] * len(new_xs)
    widths = [b - a for a, b in pairwise(xs)]
    rises = [(b - a) / w for a, b, w in zip(ys, ys[1:], widths, strict=False)]
    # Where the direction turns the slope is 0: the turning point is the measured one.
    inner = [0.0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(rises)]
    slopes = [0.0, *inner, 0.0]
    values = []
    for x in new_xs:
        i = min(max(bisect_right(xs, x) - 1, 0), len(widths) - 1)
        t = (x - xs[i]) / widths[i]
        values.append(
            ys[i] * (1 + 2 * t) * (1 - t) ** 2
            + widths[i] * slopes[i] * t * (1 - t) ** 2
            + ys[i + 1] * t * t * (3 - 2 * t)
            - widths[i] * slopes[i + 1] * t * t * (1 - t)
        )
    return values


def linspace(first: float, last: float, count: int) -> list[float]:
    """Return ``count`` evenly spaced values from ``first`` to ``last``, both included."""
    return [first + (last - first) * i / (count - 1) for i in range(count)]


def points_along(points: Sequence[Point], start: float, gap: float) -> list[tuple[float, float, float]]:
    """Return places every ``gap`` pixels along a line, from ``start`` on: x, y and the direction in radians."""
    places = []
    walked, due = 0.0, start
    for (x0, y0), (x1, y1) in pairwise(points):
        step = math.hypot(x1 - x0, y1 - y0)
        while step and due <= walked + step:
            share = (due - walked) / step
            places.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0), math.atan2(y1 - y0, x1 - x0)))
            due += gap
        walked += step
    return places
