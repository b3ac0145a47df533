"""What a layout hands to the ink: a list of typed things with their places, in pixels, x to the right and y down.

The list is in painter's order: what comes later lies on top. Nothing here knows how ink is made, so the same list can
become a PNG, an SVG or a PDF, and can be tested without a font.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Self

Point = tuple[float, float]


class Weight(StrEnum):
    """The cuts of the typeface."""

    REGULAR = "Regular"
    MEDIUM = "Medium"
    BOLD = "Bold"
    ITALIC = "Italic"


class Layer(IntEnum):
    """Which things lie on which; within a layer the order of drawing decides."""

    GROUND = 0
    RULES = 1
    PATH = 2
    INK = 3


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

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
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class PathData:
    """Points with a verb each: M moves, L draws a line, C is one of a cubic curve's three points, Z closes."""

    points: tuple[Point, ...]
    verbs: str

    @classmethod
    def line(cls, points: Iterable[Point]) -> Self:
        found = tuple(points)
        return cls(found, "M" + "L" * (len(found) - 1))

    @classmethod
    def polygon(cls, points: Iterable[Point]) -> Self:
        found = tuple(points)
        return cls((*found, found[0]), "M" + "L" * (len(found) - 1) + "Z")

    def transform(self, x: float, y: float, scale: float = 1.0) -> "PathData":
        """Scaled about its origin, then moved to (x, y)."""
        return PathData(tuple((x + px * scale, y + py * scale) for px, py in self.points), self.verbs)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line's colour, width in pixels and, when it is broken, its dash and gap in pixels."""

    colour: str
    width: float
    dash: tuple[float, float] | None = None
    round: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A path, filled or stroked or both."""

    path: PathData
    fill: str | None = None
    stroke: Stroke | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text: ``x`` is its left edge, ``y`` its baseline, ``width`` what was measured for it."""

    x: float
    y: float
    text: str
    px: float
    weight: Weight
    colour: str
    width: float

    @property
    def box(self) -> Box:
        """The room its letters take: a little above a capital, a little below a baseline."""
        return Box(self.x, self.y - 0.76 * self.px, self.width, 0.98 * self.px)


@dataclass(frozen=True, slots=True)
class Band:
    """A ribbon between two edges whose colour changes along the way: a pair of points and a colour a step."""

    edges: tuple[tuple[Point, Point], ...]
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hatch:
    """A region that says "not judged": slanted lines on a ground, clipped to an outline inside ``box``."""

    outline: PathData
    box: Box
    ground: str
    colour: str
    step: float
    width: float


@dataclass(frozen=True, slots=True)
class Icon:
    """A symbol of ``symbols``, centred at (x, y)."""

    name: str
    x: float
    y: float
    size: float
    colour: str
    weight: float = 1.9


@dataclass(frozen=True, slots=True)
class Face:
    """A mood from 0 (worst) to 4 (best), or None: not judged, and then without an expression.

    One that is not ``sure`` is striped: its interval reaches over several moods.
    """

    x: float
    y: float
    r: float
    mood: int | None
    halo: str | None = None
    is_certain: bool = True


Item = TextLine | Shape | Band | Hatch | Icon | Face


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished layout."""

    width: int
    height: int
    paper: str
    items: tuple[Item, ...]

    @property
    def texts(self) -> tuple[TextLine, ...]:
        return tuple(item for item in self.items if isinstance(item, TextLine))
