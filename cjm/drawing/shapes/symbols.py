"""Symbols on a grid of 24 units, as paths: the typeface has no arrows, stars or pictures.

A symbol is a list of strokes, as SVG path data (M, L, C and Z, absolute coordinates) or as paths; some are filled.
"""

import functools
from dataclasses import dataclass

from cjm.drawing.curves import circle, ellipse, rounded_box, star
from cjm.drawing.primitives import Icon, PathData, Shape, Stroke


@dataclass(frozen=True, slots=True)
class FilledPart:
    """Part of a symbol that is filled, not only stroked."""

    part: str | PathData


SymbolPart = str | PathData | FilledPart

_BUBBLE = (
    "M 5.5 4 L 18.5 4 C 20.2 4 21.5 5.3 21.5 7 L 21.5 13.5 C 21.5 15.2 20.2 16.5 18.5 16.5 L 11.5 16.5 L 6.8 20.5 "
    "L 6.8 16.5 L 5.5 16.5 C 3.8 16.5 2.5 15.2 2.5 13.5 L 2.5 7 C 2.5 5.3 3.8 4 5.5 4 Z"
)
_AWNING = (
    "M 5.2 3.5 L 18.8 3.5 L 21.5 8.8 C 21.5 12 16.7 12 16.7 8.8 C 16.7 12 12 12 12 8.8 "
    "C 12 12 7.3 12 7.3 8.8 C 7.3 12 2.5 12 2.5 8.8 Z"
)
_HANDSET = (
    "M 5.2 3.2 L 8.7 3.2 L 10.4 8 L 8.1 10 C 9.4 12.7 11.3 14.6 14 15.9 L 16 13.6 L 20.8 15.3 L 20.8 18.8 "
    "C 20.8 20 19.9 20.9 18.7 20.8 C 10.4 20.2 3.8 13.6 3.2 5.3 C 3.1 4.1 4 3.2 5.2 3.2 Z"
)
_VAN = "M 4.6 17.2 L 2 17.2 L 2 5.6 L 14 5.6 L 14 17.2 L 9.4 17.2"
_CAB = "M 14 9.6 L 18.4 9.6 L 22 13.2 L 22 17.2 L 20.4 17.2 M 15.6 17.2 L 14 17.2"

_CHANNELS: dict[str, tuple[SymbolPart, ...]] = {
    "site": (rounded_box(2.5, 4.5, 19, 15, 2.4), "M 2.5 9.2 L 21.5 9.2", "M 5.4 6.9 L 5.5 6.9 M 8.2 6.9 L 8.3 6.9"),
    "app": (rounded_box(6.5, 2, 11, 20, 2.5), "M 10.6 18.6 L 13.4 18.6"),
    "store": (_AWNING, "M 4.3 12 L 4.3 20.5 L 19.7 20.5 L 19.7 12", "M 9.6 20.5 L 9.6 15.2 L 14.4 15.2 L 14.4 20.5"),
    "email": (rounded_box(2.5, 5, 19, 14, 2.2), "M 3.3 7.2 L 12 13.4 L 20.7 7.2"),
    "chat": (_BUBBLE, "M 7.4 8.6 L 16.6 8.6 M 7.4 12.2 L 13 12.2"),
    "messenger": (
        "M 2.6 11.4 L 21.4 3.6 L 17.6 20.2 L 11.6 15.6 L 8.8 19.4 L 8 13.4 Z",
        "M 8 13.4 L 21.4 3.6 L 11.6 15.6",
    ),
    "phone": (_HANDSET,),
    "courier": (_VAN, _CAB, circle(7, 17.5, 2.3), circle(18, 17.5, 2.3)),
    "ad": (
        "M 3 9.6 L 3 14.4 L 7 14.4 L 16.4 19.4 L 16.4 4.6 L 7 9.6 Z",
        "M 7.4 14.6 L 8.8 20 L 11.4 20 L 10.6 16.6",
        "M 19.6 9 C 21.2 10.6 21.2 13.4 19.6 15",
    ),
    "search": (circle(10.3, 10.3, 6.8), "M 15.4 15.4 L 21 21"),
    "social": (
        *(circle(17.8, 5.4, 3), circle(6.2, 12, 3), circle(17.8, 18.6, 3)),
        "M 8.8 10.5 L 15.2 6.9 M 8.8 13.5 L 15.2 17.1",
    ),
    "mail": (
        "M 12 2.8 L 20.6 7 L 20.6 17 L 12 21.2 L 3.4 17 L 3.4 7 Z",
        "M 3.4 7 L 12 11.3 L 20.6 7 M 12 11.3 L 12 21.2",
        "M 7.6 4.9 L 16.2 9.2",
    ),
    "kiosk": (
        rounded_box(5, 2.5, 14, 11.5, 2),
        "M 12 14 L 12 21 M 7.5 21 L 16.5 21",
        "M 9 6.4 L 15 6.4 M 9 9.8 L 12.4 9.8",
    ),
    "event": (
        rounded_box(3, 4.6, 18, 16.4, 2.4),
        "M 3 9.6 L 21 9.6 M 7.8 2.6 L 7.8 6.4 M 16.2 2.6 L 16.2 6.4",
        "M 8 15 L 11 17.6 L 16 12.8",
    ),
    "document": (
        "M 5 2.5 L 14.2 2.5 L 19 7.3 L 19 21.5 L 5 21.5 Z",
        "M 14 2.8 L 14 7.6 L 18.8 7.6",
        "M 8.6 12 L 15.4 12 M 8.6 16 L 15.4 16",
    ),
    "poster": (
        *(rounded_box(3, 3, 7, 7, 1), rounded_box(14, 3, 7, 7, 1), rounded_box(3, 14, 7, 7, 1)),
        "M 14.5 14.5 L 17 14.5 L 17 17 M 20.5 14.5 L 20.6 14.5 M 14.5 20.5 L 17 20.5 M 20.5 18 L 20.5 20.5",
    ),
    "person": (circle(12, 7.5, 4.2), "M 3.8 21 C 4.6 12.7 19.4 12.7 20.2 21"),
    "other": (circle(12, 12, 9), "M 7.8 12 L 7.9 12 M 12 12 L 12.1 12 M 16.2 12 L 16.3 12"),
}

_SIGNS: dict[str, tuple[SymbolPart, ...]] = {
    "barrier": (
        rounded_box(2, 6, 20, 6.4, 1.2),
        "M 6 12.2 L 9.6 6.2 M 11.4 12.2 L 15 6.2 M 16.8 12.2 L 20.2 6.4",
        "M 5.4 12.6 L 5.4 20 M 18.6 12.6 L 18.6 20",
    ),
    "complaint": (_BUBBLE, "M 12 6.9 L 12 10.5 M 12 13.3 L 12 13.4"),
    "support": (
        "M 4 14.4 L 4 12 C 4 1.6 20 1.6 20 12 L 20 14.4",
        *(rounded_box(3, 13, 4, 6.4, 1.6), rounded_box(17, 13, 4, 6.4, 1.6)),
        "M 19.4 19.6 C 19 21.4 17 22 13.4 22",
    ),
    "compared": ("M 8 3.5 L 3.5 8 L 8 12.5", "M 4 8 L 20.5 8", "M 16 11.5 L 20.5 16 L 16 20.5", "M 20 16 L 3.5 16"),
    "clock": (circle(12, 12, 9.3), "M 12 6.8 L 12 12 L 15.7 14.2"),
    "walking": tuple(FilledPart(ellipse(x, y, 3.6, 5.4)) for x, y in ((5.6, 15.6), (12, 8.8), (18.4, 15.6))),
    "flag": ("M 5.5 22 L 5.5 3", FilledPart("M 5.5 3.4 L 18.5 3.4 L 15.4 7.7 L 18.5 12 L 5.5 12 Z")),
    # Three outcomes of a target, told apart by their outlines and without colour.
    "met": (circle(12, 12, 9.5), "M 7.4 12.4 L 10.8 15.8 L 16.8 8.6"),
    "missed": (rounded_box(3, 3, 18, 18, 2.5), "M 8 8 L 16 16 M 16 8 L 8 16"),
    "open": (
        "M 12 1.6 L 22.4 12 L 12 22.4 L 1.6 12 Z",
        "M 9.3 9.8 C 9.3 5.9 14.8 5.9 14.8 9.7 C 14.8 11.8 12 11.7 12 13.8 M 12 16.9 L 12 17",
    ),
    "assumed": ("M 4 20 L 5 15.6 L 16.4 4.2 L 19.8 7.6 L 8.4 19 Z", "M 14 6.6 L 17.4 10"),
    "recalled": ("M 4.5 8.5 L 14.5 8.5 C 22 8.5 22 19 14.5 19 L 9 19", "M 9.5 3.5 L 4.5 8.5 L 9.5 13.5"),
    "measure": (
        rounded_box(2, 7.5, 20, 9, 1.2),
        "M 6 7.5 L 6 11 M 10 7.5 L 10 12.5 M 14 7.5 L 14 11 M 18 7.5 L 18 12.5",
    ),
    # The sides of a difference map, as their lines have them.
    "this_side": (FilledPart(circle(12, 12, 7)),),
    "other_side": ("M 12 2.5 L 21.5 12 L 12 21.5 L 2.5 12 Z",),
    "handover": ("M 3 8.5 L 13 8.5 L 13 4.6 L 21 11 L 13 17.4 L 13 13.5 L 3 13.5 Z",),
    "left": (
        "M 13 3.5 L 4.5 3.5 L 4.5 20.5 L 13 20.5",
        "M 10 12 L 20.5 12 M 16 7.2 L 21 12 L 16 16.8",
    ),
    "lock": (rounded_box(4.5, 10.5, 15, 11, 2.2), "M 8 10.5 L 8 7.6 C 8 1.9 16 1.9 16 7.6 L 16 10.5"),
    "caution": ("M 12 3 L 22 20.5 L 2 20.5 Z", "M 12 9.5 L 12 14 M 12 17 L 12 17.1"),
    "filter": ("M 3 4.6 L 21 4.6 L 14.2 12.6 L 14.2 20 L 9.8 17.4 L 9.8 12.6 Z",),
    "next": ("M 3.5 12 L 19.5 12", "M 13 5.2 L 20 12 L 13 18.8"),
    "up": ("M 12 21 L 12 4.5", "M 5 11 L 12 4 L 19 11"),
    "down": ("M 12 3 L 12 19.5", "M 5 13 L 12 20 L 19 13"),
    "star": (FilledPart(star(12, 12, 11)),),
    "trail": ("M 6 21.5 C 6 14 18.5 16 18.5 10.5 C 18.5 6.2 9 8.4 9 2.8",),
}

SYMBOL_NAMES = frozenset(_CHANNELS) | frozenset(_SIGNS)


def channel_symbol(channel: str) -> str:
    """Return the symbol of a channel; ``other`` for a channel without one."""
    return channel if channel in _CHANNELS else "other"


def icon_shapes(icon: Icon) -> list[Shape]:
    """Return the strokes of a symbol at its place and size."""
    scale = icon.size / 24
    shapes = []
    for path, is_filled in _symbol_paths(icon.name):
        placed = path.transform(icon.x - 12 * scale, icon.y - 12 * scale, scale)
        stroke = Stroke(icon.colour, icon.weight * scale * (0.6 if is_filled else 1.0))
        shapes.append(Shape(placed, icon.colour if is_filled else None, stroke))
    return shapes


@functools.cache
def _symbol_paths(name: str) -> tuple[tuple[PathData, bool], ...]:
    """Return the paths of a symbol, each with whether it is filled."""
    parts = _SIGNS[name] if name in _SIGNS else _CHANNELS[name]
    filled = [isinstance(part, FilledPart) for part in parts]
    bare = [part.part if isinstance(part, FilledPart) else part for part in parts]
    return tuple(zip((_parse_path(part) if isinstance(part, str) else part for part in bare), filled, strict=True))


def _parse_path(strokes: str) -> PathData:
    """Parse SVG path data of absolute M, L, C and Z."""
    points: list[tuple[float, float]] = []
    verbs = ""
    start = (0.0, 0.0)
    rest = iter(strokes.split())
    for letter in rest:
        if letter == "Z":
            points.append(start)
            verbs += "Z"
            continue
        for _ in range(3 if letter == "C" else 1):
            points.append((float(next(rest)), float(next(rest))))
            verbs += letter
        if letter == "M":
            start = points[-1]
    return PathData(tuple(points), verbs)
