"""Items of a picture: what a layout hands to the ink.

* Places and sizes are in pixels; x grows to the right, y downwards.
* Items are in painter's order: a later one lies on top.
* Items know nothing about drawing, so the same list can become a PNG, an SVG or a PDF, and needs no font in tests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Self

Point = tuple[float, float]
AxisScale = Callable[[float], float]
"""Function that places a headline figure on an axis: its x or y in pixels."""


class Weight(StrEnum):
    """Cut of the typeface, as its file is named."""

    REGULAR = "Regular"
    MEDIUM = "Medium"
    BOLD = "Bold"
    ITALIC = "Italic"


class Layer(IntEnum):
    """Layer of an item, from the bottom to the top; within a layer the order of drawing decides."""

    GROUND = 0
    RULES = 1
    PATH = 2
    INK = 3


@dataclass(frozen=True, slots=True)
class Box:
    """Upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def meets(self, other: "Box") -> bool:
        """Return whether the two boxes overlap; boxes that only touch do not."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class PathData:
    """Points with a verb each: M moves, L draws a line, C is one of the three points of a cubic curve, Z closes."""

    points: tuple[Point, ...]
    verbs: str

    @classmethod
    def line(cls, points: Iterable[Point]) -> Self:
        """Return an open line through points."""
        corners = tuple(points)
        return cls(corners, "M" + "L" * (len(corners) - 1))

    @classmethod
    def polygon(cls, points: Iterable[Point]) -> Self:
        """Return a closed line through points."""
        corners = tuple(points)
        return cls((*corners, corners[0]), "M" + "L" * (len(corners) - 1) + "Z")

    def transform(self, x: float, y: float, scale: float = 1.0) -> "PathData":
        """Return the path scaled about its origin, then moved to (x, y)."""
        return PathData(tuple((x + px * scale, y + py * scale) for px, py in self.points), self.verbs)


@dataclass(frozen=True, slots=True)
class Stroke:
    """Colour and width of a line in pixels and, when it is broken, its dash and gap in pixels."""

    colour: str
    width: float
    dash: tuple[float, float] | None = None
    round: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """Path that is filled, stroked or both."""

    path: PathData
    fill: str | None = None
    stroke: Stroke | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    """Line of text: ``x`` is its left edge, ``y`` its baseline, ``width`` the width that was measured for it."""

    x: float
    y: float
    text: str
    px: float
    weight: Weight
    colour: str
    width: float

    @property
    def box(self) -> Box:
        """The room of its letters: from a little above a capital to a little below the baseline."""
        # 0.76 of the size is a capital with an accent, the rest reaches down to the tail of a "p".
        return Box(self.x, self.y - 0.76 * self.px, self.width, 0.98 * self.px)


@dataclass(frozen=True, slots=True)
class Band:
    """Ribbon between two edges whose colour changes along the way: a pair of points and a colour for each step."""

    edges: tuple[tuple[Point, Point], ...]
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hatch:
    """Slanted lines on a ground, clipped to an outline inside ``box``: "not judged", or the stripes of a face."""

    outline: PathData
    box: Box
    ground: str
    colour: str
    step: float
    width: float


@dataclass(frozen=True, slots=True)
class Icon:
    """Symbol of :mod:`cjm.drawing.shapes.symbols`, centred at (x, y); ``weight`` is a stroke's width on its grid."""

    name: str
    x: float
    y: float
    size: float
    colour: str
    weight: float = 1.9


@dataclass(frozen=True, slots=True)
class Face:
    """Face of a mood from 0 (worst) to 4 (best); without a mood (not judged) it has no expression.

    A face with a mood that is not ``is_certain`` is striped: the interval of its figure reaches over several moods.
    """

    x: float
    y: float
    r: float
    mood: int | None
    halo: str | None = None
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class LogoImage:
    """Company's logo: a PNG and its size in pixels."""

    png: bytes
    width: int
    height: int

    def fit_size(self, width: float, height: float) -> tuple[float, float]:
        """Return the size in which it fits into a room, in its own proportions."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale


@dataclass(frozen=True, slots=True)
class Logo:
    """Company's logo at its place; ``png`` is its file."""

    box: Box
    png: bytes


Item = TextLine | Shape | Band | Hatch | Icon | Face | Logo


@dataclass(frozen=True, slots=True)
class Region:
    """Part of a picture that is about one thing, such as a stage: files for screen readers group its texts."""

    title: str
    box: Box


@dataclass(frozen=True, slots=True)
class Picture:
    """Finished layout: size, paper and items. ``title`` and ``description`` are for screen readers and not drawn."""

    width: int
    height: int
    paper: str
    items: tuple[Item, ...]
    regions: tuple[Region, ...] = ()
    title: str = ""
    description: str = ""
    language: str = ""

    @property
    def texts(self) -> tuple[TextLine, ...]:
        """The lines of text among the items."""
        return tuple(item for item in self.items if isinstance(item, TextLine))
