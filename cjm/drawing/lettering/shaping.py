"""Shaping: a line of text becomes glyphs at their places, as the rules of its script want it.

HarfBuzz joins Arabic letters, orders Indic vowels and sets marks; Unicode's algorithm orders what runs from right to
left. A cluster that no font has takes no room: `drawable_text` has removed it before.
"""

import functools
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cjm.drawing.lettering.clusters import split_clusters
from cjm.drawing.lettering.directions import find_levels, order_runs
from cjm.drawing.lettering.typefaces import ROBOTO, Typeface, choose_east_asian, find_typeface
from cjm.drawing.primitives import PathData, Point, Weight

EM = 100  # the size in which glyphs are placed and outlined
# What HarfBuzz does with a text in Roboto alone needs no look at each cluster.
_PLAIN_END = "\u0250"


@dataclass(frozen=True, slots=True)
class Glyph:
    """Glyph of a typeface at its place on a line, in units of ``EM``; y grows upwards."""

    typeface: Typeface
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """Glyphs of a line from left to right, and its width at ``EM``."""

    glyphs: tuple[Glyph, ...]
    width: float


@functools.lru_cache(8192)
def shape_line(text: str, weight: Weight) -> ShapedLine:
    """Return the glyphs of a line."""
    glyphs: list[Glyph] = []
    at = 0.0
    for typeface, part, level in _ordered_runs(text):
        at += _shape_run(glyphs, typeface, part, level, weight, at)
    return ShapedLine(tuple(glyphs), at)


def _ordered_runs(text: str) -> list[tuple[Typeface, str, int]]:
    """Return the runs of one typeface and one direction from left to right."""
    if max(text, default="") < _PLAIN_END and text.isprintable():
        return [(ROBOTO, text, 0)] if text else []
    levels, east_asian = find_levels(text), choose_east_asian(text)
    pieces: list[tuple[Typeface, str, int]] = []
    at = 0
    for cluster in split_clusters(text):
        if typeface := find_typeface(cluster, east_asian):
            pieces.append((typeface, cluster, levels[at]))
        at += len(cluster)
    groups = groupby(pieces, key=lambda piece: (piece[0], piece[2]))
    runs = [(typeface, "".join(text for _, text, _ in group), level) for (typeface, level), group in groups]
    return [runs[i] for i in order_runs([level for *_, level in runs])]


def _shape_run(glyphs: list[Glyph], typeface: Typeface, text: str, level: int, weight: Weight, at: float) -> float:
    """Add the glyphs of a run that begins at ``at``; return its width."""
    import uharfbuzz as hb

    font = typeface.open(weight)
    buffer = hb.Buffer()
    buffer.add_str(text.encode("utf-8", "ignore").decode())
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    hb.shape(font, buffer)
    unit: float = EM / font.face.upem
    x = 0.0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint:  # 0 is the box of a letter that the font lacks
            glyphs.append(Glyph(typeface, info.codepoint, at + (x + place.x_offset) * unit, place.y_offset * unit))
            x += place.x_advance
    return x * unit


# ---------------------------------------------------------------------- outlines


def outline_glyph(typeface: Typeface, number: int, weight: Weight) -> PathData:
    """Return the outline of a glyph at ``EM`` around its origin, y upwards."""
    font = typeface.open(weight)
    pen = _Pen(EM / font.face.upem)
    font.draw_glyph_with_pen(number, pen)
    return PathData(tuple(pen.points), "".join(pen.verbs))


class _Pen:
    """Collector of an outline, by the protocol of fontTools' pens; a quadratic curve becomes a cubic one."""

    def __init__(self, unit: float) -> None:
        self.points: list[Point] = []
        self.verbs: list[str] = []
        self._unit = unit

    def _add(self, verb: str, *points: Any) -> None:
        self.points += [(x * self._unit, y * self._unit) for x, y in points]
        self.verbs.append(verb * len(points))
        self._last = points[-1]

    def moveTo(self, point: Point) -> None:  # noqa: N802 - the names of the protocol
        self._start = point
        self._add("M", point)

    def lineTo(self, point: Point) -> None:  # noqa: N802 - as above
        self._add("L", point)

    def curveTo(self, *points: Point) -> None:  # noqa: N802 - as above
        self._add("C", *points)

    def qCurveTo(self, control: Point, end: Point) -> None:  # noqa: N802 - as above
        (x0, y0), (x1, y1), (x2, y2) = self._last, control, end
        first = (x0 + 2 * (x1 - x0) / 3, y0 + 2 * (y1 - y0) / 3)
        self._add("C", first, (x2 + 2 * (x1 - x2) / 3, y2 + 2 * (y1 - y2) / 3), end)

    def closePath(self) -> None:  # noqa: N802 - as above
        self._add("Z", self._start)

    def endPath(self) -> None:  # noqa: N802 - as above
        """End an open outline, which a font does not have."""
