"""A JourneyMap as a picture.

``draw`` is a plain function of plain values: it can be called in a worker process, and ``warm`` makes the first call
there as quick as the next ones. Importing this package is cheap; matplotlib is imported by the first drawing.

The way of a map: ``presentation`` decides what may be shown, a layout (``phone``, ``wall``) places every piece by a
function that measures text, and ``ink`` draws the pieces.
"""

from enum import StrEnum

from cjm.drawing.phone import lay_out_phone_page, phone_page_count
from cjm.drawing.presentation import present_map
from cjm.drawing.primitives import Picture, Weight
from cjm.drawing.theme import LIGHT, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.drawing.wall import lay_out_wall
from cjm.drawing.words import DrawingWords
from cjm.figures.journey_map import JourneyMap

__all__ = ["FORMATS", "DrawingWords", "Layout", "count_pages", "draw_map", "lay_out_map", "warm_up"]

FORMATS = ("png",)


class Layout(StrEnum):
    """The two ways to see a map."""

    PHONE = "phone"  # portrait, a row a stage: read in a chat
    WALL = "wall"  # landscape, a column a stage: read on a big screen or printed


def draw_map(
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

    return ink.render_png(
        lay_out_map(journey_map, words, ink.measure_text, layout=layout, page=page, theme=theme), theme
    )


def lay_out_map(
    journey_map: JourneyMap,
    words: DrawingWords,
    measure: TextMeasure,
    *,
    layout: Layout,
    page: int = 0,
    theme: Theme = LIGHT,
) -> Picture:
    """Everything in its place, in pixels; nothing is drawn."""
    presentation = present_map(journey_map)
    if Layout(layout) is Layout.WALL:
        return lay_out_wall(presentation, words, measure, theme)
    return lay_out_phone_page(presentation, words, measure, theme, page)


def count_pages(journey_map: JourneyMap, layout: Layout) -> int:
    """How many pages the picture has: a long journey takes several on the phone, the wall grows wider instead."""
    return phone_page_count(len(journey_map.stages)) if Layout(layout) is Layout.PHONE else 1


def warm_up() -> None:
    """Import what drawing needs and draw a little, so that the next picture does not wait for it."""
    from cjm.drawing import ink

    ink.measure_text("Tropa", 16, Weight.REGULAR)
    ink.render_png(Picture(8, 8, LIGHT.paper, ()), LIGHT)
