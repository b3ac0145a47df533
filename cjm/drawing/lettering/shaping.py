"""Shaping: a line of text becomes glyphs at their places, as the rules of its script want it.

HarfBuzz joins Arabic letters, orders Indic vowels and sets marks; Unicode's algorithm orders what runs from right to
left. A cluster that no font has takes no room: `drawable_text` has removed it before.
"""

import functools
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

from cjm.drawing.lettering.clusters import split_clusters
from cjm.drawing.lettering.directions import find_levels, order_runs
from cjm.drawing.lettering.typefaces import ROBOTO, Typeface, choose_east_asian, find_typeface, is_plain
from cjm.drawing.primitives import PathData, Point, Weight

EM = 100  # the size in which glyphs are placed and outlined


class Glyph(NamedTuple):
    """Glyph of a typeface at its place on a line, in units of ``EM``; y grows upwards.

    ``text`` is what it stands for; of several glyphs for one cluster of letters, the widest has all of them.
    """

    typeface: Typeface
    number: int
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class TextRun:
    """Part of a line in one typeface and one direction; ``start`` is its place in the text, ``x`` its left edge."""

    typeface: Typeface
    text: str
    level: int
    start: int
    x: float = 0.0
    width: float = 0.0

    @property
    def is_right_to_left(self) -> bool:
        return self.level % 2 == 1


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """Glyphs of a line from left to right, its width at ``EM``, and its runs from left to right."""

    glyphs: tuple[Glyph, ...]
    width: float
    runs: tuple[TextRun, ...]


@functools.lru_cache(8192)
def measure_line(text: str, weight: Weight, main: Typeface = ROBOTO) -> float:
    """Return the width of a line at ``EM``: most lines are measured to find a break, and never drawn."""
    return sum((_measure_run(run, weight) for run in _ordered_runs(text, main)), 0.0)


def _measure_run(run: TextRun, weight: Weight) -> float:
    shaped = _shape_text(run, weight)
    pairs = zip(shaped.glyph_infos, shaped.glyph_positions, strict=True)
    width: int = sum([place.x_advance for info, place in pairs if info.codepoint])
    return width * _unit_of(run.typeface, weight)


@functools.lru_cache(8192)
def shape_line(text: str, weight: Weight, main: Typeface = ROBOTO) -> ShapedLine:
    """Return the glyphs of a line; ``main`` is the typeface of all letters that it has."""
    glyphs: list[Glyph] = []
    runs: list[TextRun] = []
    at = 0.0
    for run in _ordered_runs(text, main):
        width = _shape_run(glyphs, run, weight, at)
        runs.append(replace(run, x=at, width=width))
        at += width
    return ShapedLine(tuple(glyphs), at, tuple(runs))


def _ordered_runs(text: str, main: Typeface) -> list[TextRun]:
    """Return the runs of one typeface and one direction from left to right."""
    if is_plain(text, main):
        return [TextRun(main, text, 0, 0)] if text else []
    levels, east_asian = find_levels(text), choose_east_asian(text)
    pieces: list[tuple[Typeface, int, int, str]] = []
    at = 0
    for cluster in split_clusters(text):
        if typeface := find_typeface(cluster, east_asian, main):
            pieces.append((typeface, levels[at], at, cluster))
        at += len(cluster)
    runs = []
    for (typeface, level), group in groupby(pieces, key=lambda piece: piece[:2]):
        parts = list(group)
        runs.append(TextRun(typeface, "".join(cluster for *_, cluster in parts), level, parts[0][2]))
    return [runs[i] for i in order_runs([run.level for run in runs])]


def _shape_run(glyphs: list[Glyph], run: TextRun, weight: Weight, at: float) -> float:
    """Add the glyphs of a run that begins at ``at``; return its width."""
    shaped, unit = _shape_text(run, weight), _unit_of(run.typeface, weight)
    x = 0
    pairs = list(zip(shaped.glyph_infos, shaped.glyph_positions, strict=True))
    letters = _find_letters(_encodable(run.text), [(info.cluster, place.x_advance) for info, place in pairs])
    for (info, place), meaning in zip(pairs, letters, strict=True):
        if info.codepoint:  # 0 is the box of a letter that the font lacks
            left, up = at + (x + place.x_offset) * unit, place.y_offset * unit
            glyphs.append(Glyph(run.typeface, info.codepoint, left, up, meaning))
            x += place.x_advance
    return x * unit


def _shape_text(run: TextRun, weight: Weight) -> Any:
    """Return HarfBuzz's buffer with the glyphs of a run."""
    import uharfbuzz as hb

    buffer = hb.Buffer()
    buffer.add_str(_encodable(run.text))
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.is_right_to_left else "ltr"
    hb.shape(run.typeface.open(weight), buffer)
    return buffer


def _encodable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


def _unit_of(typeface: Typeface, weight: Weight) -> float:
    """Return the size of a font's unit at ``EM``."""
    return float(EM / typeface.open(weight).face.upem)


def _find_letters(text: str, glyphs: list[tuple[int, int]]) -> list[str]:
    """Return what each glyph, given by its cluster's place and its width, stands for."""
    if [cluster for cluster, _ in glyphs] == list(range(len(text))):  # most texts: a glyph for each letter
        return list(text)
    starts = sorted({cluster for cluster, _ in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    widest: dict[int, int] = {}
    for i, (cluster, width) in enumerate(glyphs):
        if cluster not in widest or width > glyphs[widest[cluster]][1]:
            widest[cluster] = i
    return [text[c : ends[c]] if widest[c] == i else "" for i, (c, _) in enumerate(glyphs)]


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
