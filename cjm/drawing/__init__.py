"""A JourneyMap as a picture.

``draw`` is a plain function of plain values: it can be called in a worker process, and ``warm`` makes the first call
there as quick as the next ones. Importing this package is cheap; matplotlib is imported by the first drawing.

The way of a map: ``reading`` decides what may be shown, a layout (``phone``, ``wall``) gives every piece a place by a
function that measures text, and ``ink`` draws the pieces.
"""

from enum import StrEnum

from cjm.drawing.phone import page_count, phone
from cjm.drawing.primitives import Picture, Weight
from cjm.drawing.reading import read
from cjm.drawing.theme import LIGHT, Theme
from cjm.drawing.typeset import Measure
from cjm.drawing.wall import wall
from cjm.drawing.words import DrawingWords
from cjm.figures.journey_map import JourneyMap

__all__ = ["FORMATS", "DrawingWords", "Layout", "draw", "lay_out", "pages", "warm"]

FORMATS = ("png",)


class Layout(StrEnum):
    """The two ways to see a map."""

    PHONE = "phone"  # portrait, a row a stage: read in a chat
    WALL = "wall"  # landscape, a column a stage: read on a big screen or printed


def draw(
    journey_map: JourneyMap,
    words: DrawingWords,
    *,
    layout: Layout = Layout.PHONE,
    format: str = "png",  # noqa: A002
    page: int = 0,
    theme: Theme = LIGHT,
) -> bytes:
    """The picture in a file format of ``FORMATS``; ``page`` counts from 0, and one beyond the last is the last.

    Raises ValueError for another format. The same arguments give the same bytes.
    """
    if format not in FORMATS:
        raise ValueError(f"a map is drawn as {', '.join(FORMATS)}, not as {format!r}")
    from cjm.drawing import ink

    return ink.png(lay_out(journey_map, words, ink.measure, layout=layout, page=page, theme=theme), theme)


def lay_out(
    journey_map: JourneyMap,
    words: DrawingWords,
    measure: Measure,
    *,
    layout: Layout,
    page: int = 0,
    theme: Theme = LIGHT,
) -> Picture:
    """Everything in its place, in pixels; nothing is drawn."""
    reading = read(journey_map)
    if Layout(layout) is Layout.WALL:
        return wall(reading, words, measure, theme)
    return phone(reading, words, measure, theme, page)


def pages(journey_map: JourneyMap, layout: Layout) -> int:
    """How many pages the picture has: a long journey takes several on the phone, the wall grows wider instead."""
    return page_count(len(journey_map.stages)) if Layout(layout) is Layout.PHONE else 1


def warm() -> None:
    """Import what drawing needs and draw a little, so that the next picture does not wait for it."""
    from cjm.drawing import ink

    ink.measure("Tropa", 16, Weight.REGULAR)
    ink.png(Picture(8, 8, LIGHT.paper, ()), LIGHT)
