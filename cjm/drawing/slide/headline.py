"""The title of a slide: what is proven, and below it the next step."""

from collections.abc import Sequence
from dataclasses import replace

from cjm.drawing.canvas import Align
from cjm.drawing.lettering.clusters import split_clusters
from cjm.drawing.primitives import Box, Stroke, Weight
from cjm.drawing.slide.page import MARGIN, RIGHT, SlidePage
from cjm.drawing.theme import FontStyle
from cjm.drawing.typeset import ELLIPSIS
from cjm.figures.journey_map import JourneyMap
from cjm.wording.takeaway_words import takeaway_sentences

LEFT = MARGIN + 34
TOP = 56
FINDING_SIZES = (64, 58, 52, 46, 40)
LOGO_ROOM = (300, 90)
STEP_SIZES = (44, 40, 36, 32)
TITLE_LETTERS = (1_000, 60, 48, 40, 32, 24, 16)  # of a stage or a barrier in the sentences, tried one after another


def draw_headline(slide: SlidePage) -> float:
    """Draw the title in at most two lines, each as large as the width allows; return the height below it."""
    first, second = _find_fitting_sentences(slide)
    large = _find_style(slide, first, FINDING_SIZES, Weight.BOLD)
    y = TOP + 0.76 * large.px
    slide.canvas.text(LEFT, y, first, large, slide.theme.ink, max_width=_room(slide))
    if second:
        small = _find_style(slide, second, STEP_SIZES, Weight.REGULAR)
        y += 22 + small.px
        slide.canvas.text(LEFT, y, second, small, slide.theme.ink, max_width=_room(slide))
    slide.canvas.line(((MARGIN + 6, TOP + 4), (MARGIN + 6, y + 4)), Stroke(slide.theme.accent, 12))
    slide.canvas.logo(Box(RIGHT - LOGO_ROOM[0], TOP, *LOGO_ROOM), align=Align.RIGHT)
    return y + 34


def _room(slide: SlidePage) -> float:
    """Return the width of the title: what a logo at the right edge leaves."""
    logo = slide.theme.logo
    return RIGHT - LEFT - (logo.fit_size(*LOGO_ROOM)[0] + 48 if logo else 0)


def _find_fitting_sentences(slide: SlidePage) -> tuple[str, str]:
    """Return the two lines of the title, with names cut until both fit: the end of a sentence says what is proven."""
    found = ("", "")
    for letters in TITLE_LETTERS:
        found = _title_sentences(slide, _cut_names(slide.presentation.journey_map, letters))
        styles = (FontStyle(FINDING_SIZES[-1], Weight.BOLD), FontStyle(STEP_SIZES[-1]))
        widths = [slide.canvas.text_width(text, style) for text, style in zip(found, styles, strict=True)]
        if max(widths) <= _room(slide):
            return found
    return found


def _cut_names(journey_map: JourneyMap, letters: int) -> JourneyMap:
    stages = tuple(
        replace(
            stage,
            title=_cut_name(stage.title, letters),
            barriers=tuple(replace(each, theme=_cut_name(each.theme, letters)) for each in stage.barriers),
        )
        for stage in journey_map.stages
    )
    return replace(journey_map, stages=stages)


def _cut_name(name: str, letters: int) -> str:
    clusters = split_clusters(name[: 4 * letters])  # an emoji is several characters, and is never cut
    return name if len(name) <= letters else "".join(clusters[: letters - 1]).rstrip() + ELLIPSIS


def _title_sentences(slide: SlidePage, journey_map: JourneyMap) -> tuple[str, str]:
    """Return the two lines of the title; where nothing is judged, what is missing and what to do about it."""
    sentences = takeaway_sentences(journey_map, slide.words)
    if not sentences:
        key = "map.empty" if slide.presentation.is_empty else "digest.not_enough"
        sentences = [slide.words(key), *journey_map.notes, journey_map.purpose]
    first, second = [*sentences, ""][:2]
    return first, second


def _find_style(slide: SlidePage, text: str, sizes: Sequence[int], weight: Weight) -> FontStyle:
    """Return the largest style in which the text takes one line, or the smallest, in which it is cut."""
    styles = [FontStyle(px, weight) for px in sizes]
    return next((style for style in styles if slide.canvas.text_width(text, style) <= _room(slide)), styles[-1])
