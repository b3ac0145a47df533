"""Pictures of a journey map: phone, wall and slide.

``draw_map`` is a plain function of plain values: it can be called in a worker process, and ``warm_up`` makes the first
call there as quick as the next ones. Importing this package is cheap; matplotlib is imported by the first drawing.

A map goes through three steps:

* ``presentation`` decides what may be shown, so the layouts cannot disagree about it;
* a layout (``phone``, ``wall``, ``slide``) gives every item its place, with a function that measures text;
* ``ink`` draws the items as PNG, SVG or PDF. Of it only PNG needs matplotlib.
"""

from dataclasses import replace

from cjm.drawing.asking import lay_out_asking
from cjm.drawing.captions import compared_text, filter_text, totals_texts
from cjm.drawing.channels import count_channel_pages
from cjm.drawing.choices import MOST_PAGES, LanePreset, Layout, PictureChoice, PictureFormat, ThemeName
from cjm.drawing.lettering.drawable_text import keep_drawable_text
from cjm.drawing.other_kinds import lay_out_other_kind
from cjm.drawing.phone import lay_out_phone_page, split_into_pages
from cjm.drawing.presentation import MapPresentation, present_map
from cjm.drawing.primitives import Picture, Weight
from cjm.drawing.slide import lay_out_slide
from cjm.drawing.theme import LIGHT, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.drawing.wall import lay_out_wall
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.wording.takeaway_words import takeaway_text
from cjm.wording.words import FigureWords

__all__ = [
    "MOST_PAGES",
    "FigureWords",
    "LanePreset",
    "Layout",
    "PictureChoice",
    "PictureFormat",
    "ThemeName",
    "count_pages",
    "draw_asking",
    "draw_choice",
    "draw_map",
    "lay_out_asking",
    "lay_out_map",
    "warm_up",
]


def draw_map(
    journey_map: JourneyMap,
    words: FigureWords,
    *,
    layout: Layout = Layout.PHONE,
    format: PictureFormat = PictureFormat.PNG,  # noqa: A002 - the word that callers know from image libraries
    page: int = 0,
    lanes: LanePreset = LanePreset.SIMPLE,
    theme: Theme = LIGHT,
) -> bytes:
    """Return the picture as a file; raise ValueError for an unknown format.

    ``page`` counts from 0; a page beyond the last one is the last one. ``lanes`` are those of the wall. The same
    arguments give the same bytes.
    """
    if format not in tuple(PictureFormat):
        raise ValueError(f"a map is drawn as {', '.join(PictureFormat)}, not as {format!r}")
    from cjm.drawing import ink

    measure = ink.make_measure(theme)
    picture = lay_out_map(journey_map, words, measure, layout=layout, page=page, lanes=lanes, theme=theme)
    return ink.render_picture(picture, theme, PictureFormat(format))


def draw_choice(journey_map: JourneyMap, words: FigureWords, choice: PictureChoice, theme: Theme) -> bytes:
    """Return the picture of a choice as a file, in the theme that the choice names."""
    return draw_map(
        journey_map,
        words,
        layout=choice.layout,
        format=choice.format,
        page=choice.page,
        lanes=choice.lanes,
        theme=theme,
    )


def draw_asking(report: AskingReport, words: FigureWords, *, theme: Theme = LIGHT) -> bytes:
    """Return the picture of the asking as PNG. The same arguments give the same bytes."""
    from cjm.drawing import ink

    return ink.render_png(lay_out_asking(report, words, ink.make_measure(theme), theme), theme)


def lay_out_map(
    journey_map: JourneyMap,
    words: FigureWords,
    measure: TextMeasure,
    *,
    layout: Layout,
    page: int = 0,
    lanes: LanePreset = LanePreset.SIMPLE,
    theme: Theme = LIGHT,
) -> Picture:
    """Return the picture with every item at its place in pixels; nothing is drawn yet."""
    presentation = present_map(journey_map)
    if (other := lay_out_other_kind(presentation, words, measure, layout, page, theme)) is not None:
        picture = other
    elif Layout(layout) is Layout.WALL:
        picture = lay_out_wall(presentation, words, measure, theme, lanes)
    elif Layout(layout) is Layout.SLIDE:
        picture = lay_out_slide(presentation, words, measure, theme)
    else:
        pages = split_into_pages(journey_map.stages, journey_map.kind)
        picture = lay_out_phone_page(presentation, words, measure, theme, pages, page)
    return _name_picture(picture, presentation, words)


def _name_picture(picture: Picture, presentation: MapPresentation, words: FigureWords) -> Picture:
    """Return the picture with its title and what it is about in words, which files tell to screen readers."""
    journey_map = presentation.journey_map
    sentences = [takeaway_text(journey_map, words), *totals_texts(presentation, words)]
    # A day marks no changes.
    compared = "" if journey_map.kind is MapKind.DAY else compared_text(presentation, words)
    sentences += [filter_text(presentation, words), compared]
    description = " · ".join(keep_drawable_text(sentence) for sentence in sentences if sentence)
    return replace(picture, title=journey_map.title, description=description, language=words.language)


def count_pages(journey_map: JourneyMap, layout: Layout) -> int:
    """Return the number of pages: a long journey takes several on the phone, and each persona has one of its own."""
    if journey_map.kind is MapKind.PERSONA:
        return max(1, len(journey_map.personas))
    if journey_map.kind is MapKind.CHANNELS:
        return count_channel_pages(journey_map)
    is_paged = Layout(layout) is Layout.PHONE and journey_map.kind not in (MapKind.PERSONAS, MapKind.DAY)
    return len(split_into_pages(journey_map.stages, journey_map.kind)) if is_paged else 1


def warm_up() -> None:
    """Import what drawing needs and draw a little, so that the next picture does not wait for it."""
    from cjm.drawing import ink

    ink.measure_text("Tropa", 16, Weight.REGULAR)
    ink.render_png(Picture(8, 8, LIGHT.paper, ()), LIGHT)
