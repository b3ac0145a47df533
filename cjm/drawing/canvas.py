"""Canvas that layouts place items on: it measures, wraps and collects, and draws nothing itself."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from cjm.drawing.curves import circle, rounded_box
from cjm.drawing.lettering.directions import TO_THE_LEFT, TO_THE_RIGHT, is_right_to_left
from cjm.drawing.primitives import (
    Box,
    Face,
    Hatch,
    Icon,
    Item,
    Layer,
    Logo,
    PathData,
    Picture,
    Point,
    Region,
    Shape,
    Stroke,
    TextLine,
)
from cjm.drawing.theme import FontStyle, Theme
from cjm.drawing.typeset import TextMeasure, balance_lines, fit_line, wrap_lines

StyledText = tuple[str, FontStyle, str]
"""A piece of a line: text, style, colour."""


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Canvas:
    """Collector of a picture's items, layer by layer."""

    def __init__(self, measure: TextMeasure, theme: Theme, language: str = "en") -> None:
        self.measure = measure
        self.theme = theme
        self.language = language  # of the picture: by its rules long words are broken
        # Layers are joined at the end: a ground can be placed when the height of what stands on it is known.
        self._items: dict[Layer, list[Item]] = {layer: [] for layer in Layer}
        self._regions: list[Region] = []

    def to_picture(self, width: float, height: float) -> Picture:
        """Return everything placed so far as a picture; sizes are rounded to whole pixels."""
        items = tuple(item for layer in Layer for item in self._items[layer])
        return Picture(round(width), round(height), self.theme.paper, items, tuple(self._regions))

    def region(self, title: str, box: Box) -> None:
        """Name a part of the picture, such as a stage: nothing is drawn, but files group its texts for listeners."""
        self._regions.append(Region(title, box))

    def logo(self, room: Box, *, align: Align = Align.LEFT) -> float:
        """Place the theme's logo at a side of a room, in its own proportions; return its width, 0 without one."""
        if self.theme.logo is None:
            return 0.0
        width, height = self.theme.logo.fit_size(room.width, room.height)
        x = room.right - width if align is Align.RIGHT else room.x
        self.add(Logo(Box(x, room.y + (room.height - height) / 2, width, height), self.theme.logo.png))
        return width

    def icon_names(self) -> set[str]:
        """Return the names of the symbols placed so far: a legend explains none but these."""
        return {item.name for items in self._items.values() for item in items if isinstance(item, Icon)}

    def has_striped_face(self) -> bool:
        """Return whether a face was placed whose mood is uncertain."""
        return any(face.mood is not None and not face.is_certain for face in self._faces())

    def has_blank_face(self) -> bool:
        """Return whether a face was placed that has no mood."""
        return any(face.mood is None for face in self._faces())

    def _faces(self) -> Iterator[Face]:
        return (item for items in self._items.values() for item in items if isinstance(item, Face))

    def add(self, *items: Item, layer: Layer = Layer.INK) -> None:
        """Place items on top of those already in their layer."""
        self._items[layer].extend(items)

    # ------------------------------------------------------------------ text

    def text_width(self, text: str, style: FontStyle) -> float:
        """Return the width of one line in pixels."""
        return self.measure(text, style.px, style.weight)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        style: FontStyle,
        colour: str,
        *,
        align: Align = Align.LEFT,
        max_width: float | None = None,
    ) -> float:
        """Place one line with its baseline at ``y``, cut where it is wider than ``max_width``; return its width."""
        if max_width is not None:
            text = self.fit(text, style, max_width)
        width = self.text_width(text, style)
        if text:
            left = x - (width if align is Align.RIGHT else width / 2 if align is Align.CENTRE else 0)
            self.add(TextLine(left, y, text, style.px, style.weight, colour, width))
        return width

    def fit(self, text: str, style: FontStyle, max_width: float) -> str:
        """Return the text, cut where it is wider than ``max_width``, without placing it."""
        return fit_line(text, max_width, style, self.measure, self.language)

    def wrap(self, text: str, style: FontStyle, max_width: float, max_lines: int = 3) -> list[str]:
        """Break text into at most ``max_lines`` lines of ``max_width`` pixels, without placing it."""
        return wrap_lines(text, max_width, style, self.measure, max_lines=max_lines, language=self.language)

    def wrap_title(self, text: str, style: FontStyle, max_width: float, max_lines: int = 3) -> list[str]:
        """Break a title as ``wrap`` does, into lines that are about equally wide."""
        return balance_lines(text, max_width, style, self.measure, max_lines=max_lines, language=self.language)

    def wrap_before(self, text: str, style: FontStyle, room: float, taken: float, max_lines: int = 3) -> list[str]:
        """Break text into lines; the last one leaves ``taken`` pixels of the room for a mark behind it."""
        lines = self.wrap(text, style, room, max_lines)
        is_turned = bool(lines) and is_right_to_left(lines[0])  # its last line ends at the left, not at the right
        if not lines or (self.text_width(lines[-1], style) + taken <= room and not (is_turned and len(lines) > 1)):
            return lines
        return self.wrap(text, style, room - taken, max_lines)

    def paragraph(
        self, x: float, y: float, text: str, style: FontStyle, colour: str, *, max_width: float, max_lines: int = 3
    ) -> int:
        """Place lines under each other, the first baseline at ``y``; return their number."""
        lines = self.wrap(text, style, max_width, max_lines)
        self.lines(x, y, lines, style, colour)
        return len(lines)

    def lines(self, x: float, y: float, lines: Sequence[str], style: FontStyle, colour: str) -> float:
        """Place lines that are broken already under each other; return the width of the last one.

        Lines that run from right to left begin at one edge, too: at the right one of the widest. The first line decides
        for all of them: a foreign word at the beginning of a further one does not turn it around.
        """
        widths = [self.text_width(line, style) for line in lines]
        is_turned = bool(lines) and is_right_to_left(lines[0])
        for i, (line, width) in enumerate(zip(lines, widths, strict=True)):
            indent = max(widths) - width if is_turned else 0.0
            shown = line if is_right_to_left(line) is is_turned else (TO_THE_LEFT if is_turned else TO_THE_RIGHT) + line
            if line:
                place = x + indent, y + i * style.line
                self.add(TextLine(*place, shown, style.px, style.weight, colour, width))
        return max(widths) if is_turned else (widths or [0.0])[-1]

    def text_run(self, x: float, y: float, pieces: Sequence[StyledText], *, align: Align = Align.LEFT) -> float:
        """Place pieces of one line after another, each in its own style; return their width."""
        width = self.text_run_width(pieces)
        left = x - (width if align is Align.RIGHT else 0)
        for text, style, colour in pieces:
            left += self.text(left, y, text, style, colour)
        return width

    def text_run_width(self, pieces: Sequence[StyledText]) -> float:
        """Return the width of pieces set one after another."""
        return sum(self.text_width(text, style) for text, style, _ in pieces)

    # ------------------------------------------------------------------ shapes

    def box(self, box: Box, r: float, fill: str | None, stroke: Stroke | None = None, layer: Layer = Layer.INK) -> None:
        """Place a box with corners of radius ``r``."""
        self.add(Shape(rounded_box(box.x, box.y, box.width, box.height, r), fill, stroke), layer=layer)

    def circle(
        self, x: float, y: float, r: float, fill: str | None, stroke: Stroke | None = None, *, layer: Layer = Layer.INK
    ) -> None:
        """Place a circle around (x, y)."""
        self.add(Shape(circle(x, y, r), fill, stroke), layer=layer)

    def line(self, points: Sequence[Point], stroke: Stroke, layer: Layer = Layer.INK) -> None:
        """Place a line through points."""
        self.add(Shape(PathData.line(points), None, stroke), layer=layer)

    def rule(self, left: float, right: float, y: float, width: float) -> None:
        """Place a thin horizontal line that separates rows."""
        self.line(((left, y), (right, y)), Stroke(self.theme.rule, width), Layer.RULES)

    def hatch(self, box: Box, r: float, step: float, width: float, *, layer: Layer = Layer.INK) -> None:
        """Place the hatching that means "not judged"."""
        outline = rounded_box(box.x, box.y, box.width, box.height, r)
        self.add(Hatch(outline, box, self.theme.grey, self.theme.hatch, step, width), layer=layer)

    def icon(self, name: str, x: float, y: float, size: float, colour: str, *, weight: float = 1.9) -> None:
        """Place a symbol of :mod:`cjm.drawing.shapes.symbols`, ``size`` pixels wide, centred at (x, y)."""
        self.add(Icon(name, x, y, size, colour, weight))

    def star(self, x: float, y: float, r: float) -> None:
        """Place the star of a moment of truth."""
        # The star of the symbols reaches 11 of the 12 units from its centre to the edge of the grid.
        self.icon("star", x, y, 24 / 11 * r, self.theme.accent)

    def face(
        self, x: float, y: float, r: float, mood: int | None, *, halo: str | None = None, is_certain: bool = True
    ) -> None:
        """Place a face; ``halo`` is the colour of a ring that separates it from a line below."""
        self.add(Face(x, y, r, mood, halo, is_certain))
