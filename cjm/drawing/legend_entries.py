"""Entries of a legend: a symbol and its meaning, set beside each other while there is room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.curves import circle, rounded_box
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, PathData, Shape, Stroke
from cjm.drawing.theme import FontStyle, mix_colours


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """Symbol with its meaning. ``draw(x, y)`` draws it from ``x`` on, ``width`` wide, around the height ``y``."""

    width: float
    draw: Callable[[float, float], None]
    text: str


def legend_width(canvas: Canvas, entries: Sequence[LegendEntry], style: FontStyle, gap: float) -> float:
    """Return the width of entries set beside each other in one line."""
    between = 0.6 * style.px + gap
    return sum(entry.width + between + canvas.text_width(entry.text, style) for entry in entries) - gap


def draw_legend_entries(
    canvas: Canvas, entries: Sequence[LegendEntry], box: Box, style: FontStyle, *, gap: float, line: float
) -> float:
    """Place entries beside each other, in further lines when there is no room; return the last baseline.

    ``box.y`` is the first baseline. A text too long for a whole line is wrapped under itself.
    """
    x, y = box.x, box.y
    between = 0.6 * style.px  # from a symbol to its text: near enough to belong together
    for entry in entries:
        width = entry.width + between + canvas.text_width(entry.text, style)
        if x > box.x and x + width > box.right:
            x, y = box.x, y + line
        entry.draw(x, y - style.half_capital)
        room = box.right - x - entry.width - between
        lines = canvas.paragraph(x + entry.width + between, y, entry.text, style, canvas.theme.quiet, max_width=room)
        y += (lines - 1) * style.line
        x = x + width + gap if lines == 1 else box.right
    return y


def interval_symbol(canvas: Canvas, size: float) -> Callable[[float, float], None]:
    """Return a function that draws an interval with its figure, ``size`` wide."""
    theme = canvas.theme

    def draw_interval(x: float, y: float) -> None:
        canvas.add(
            Shape(
                rounded_box(x, y - size / 4, size, size / 2, size / 4),
                theme.moods[2],
                Stroke(theme.mood_rim(2), max(1.0, size / 40)),
            )
        )
        canvas.add(Shape(circle(x + size / 2, y, size / 6), theme.ink, Stroke(theme.card, size / 20)))

    return draw_interval


def width_symbol(canvas: Canvas, size: float) -> Callable[[float, float], None]:
    """Return a function that draws a band that grows wider to the right, ``size`` wide: intervals along a way."""
    theme = canvas.theme
    colour = mix_colours(theme.moods[3], theme.paper, 0.2)

    def draw_band(x: float, y: float) -> None:
        corners = ((x, y - size / 12), (x + size, y - size / 3), (x + size, y + size / 3), (x, y + size / 12))
        canvas.add(Shape(PathData.polygon(corners), colour), layer=Layer.PATH)
        canvas.line(((x, y), (x + size, y)), Stroke(theme.ink, size / 20))

    return draw_band


def needs_grey_entry(canvas: Canvas, presentation: MapPresentation) -> bool:
    """Return whether a face without a mood was placed that needs an explanation.

    A map without any answers has nothing but such faces, and says so in words.
    """
    return canvas.has_blank_face() and not presentation.is_empty


def face_symbol(
    canvas: Canvas, r: float, mood: int | None, width: float = 0.0, *, is_certain: bool = True
) -> Callable[[float, float], None]:
    """Return a function that draws a face in the middle of ``width``, or of its own width."""
    return lambda x, y: canvas.face(x + (width or 2 * r) / 2, y, r, mood, is_certain=is_certain)
