"""The slide layout: 16:9, one message as its title, one curve that shows it; for a board deck.

* It is read from the back of a room, so no text is smaller than 28 px of 1080.
* It shows every stage's figure with its interval and n, and of causes only those of the stage in its title. What else
  there is to say stands on the wall.
* Its size never changes: the curve takes the height that the texts above and below leave.
"""

from cjm.drawing.canvas import Canvas
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.slide.callout import callout_height, draw_callout
from cjm.drawing.slide.columns import columns_height, draw_columns
from cjm.drawing.slide.curve import draw_curve
from cjm.drawing.slide.footer import draw_footer, footer_height
from cjm.drawing.slide.headline import draw_headline
from cjm.drawing.slide.page import HEIGHT, MARGIN, PLOT_LEFT, RIGHT, WIDTH, SlidePage
from cjm.drawing.theme import SLIDE_TYPOGRAPHY, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.figures.findings.takeaway import TakeawayKind, find_takeaway
from cjm.figures.journey_map import ChangeDirection
from cjm.wording.words import FigureWords

__all__ = ["lay_out_slide"]

BOTTOM = 34  # from the last baseline to the edge
GAP = 26  # between the parts


def lay_out_slide(presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme) -> Picture:
    """Place everything on the slide."""
    canvas = Canvas(measure, theme, words.language)
    slide = SlidePage(canvas, SLIDE_TYPOGRAPHY, presentation, words, *_find_subject(presentation))
    top = draw_headline(slide)
    footer = HEIGHT - BOTTOM - footer_height(slide)
    callout = footer - GAP - callout_height(slide)
    columns = callout - columns_height(slide)
    _draw_ground(slide, top, callout, footer - GAP)
    for place, stage in enumerate(presentation.stages):
        canvas.region(stage.figures.title, slide.column(place, top, callout - 10))
    draw_curve(slide, Box(PLOT_LEFT, top, slide.plot_right - PLOT_LEFT, columns - top))
    draw_columns(slide, columns)
    draw_callout(slide, callout)
    draw_footer(slide, footer)
    return canvas.to_picture(WIDTH, HEIGHT)


def _find_subject(presentation: MapPresentation) -> tuple[int | None, bool]:
    """Return the place of the stage that the title speaks about, and whether it rose."""
    takeaway = find_takeaway(presentation.journey_map)
    if takeaway is None or takeaway.stage is None:
        return None, False
    stages = presentation.journey_map.stages
    place = next((place for place, stage in enumerate(stages) if stage is takeaway.stage), None)
    is_change = takeaway.kind is TakeawayKind.CHANGE
    return place, is_change and takeaway.stage.change.direction is ChangeDirection.BETTER


def _draw_ground(slide: SlidePage, top: float, callout: float, bottom: float) -> None:
    """Tint the column of the stage in the title, and the room below it in which its causes stand."""
    if slide.subject is None:
        return
    column = slide.column(slide.subject, top, callout - 10)
    slide.canvas.box(column, 22, slide.emphasis, layer=Layer.GROUND)
    if callout < bottom:
        # The column runs into the room of its causes: both are about one stage.
        slide.canvas.box(Box(column.x, column.bottom - 40, column.width, 60), 0, slide.emphasis, layer=Layer.GROUND)
        band = Box(MARGIN, callout - 10, RIGHT - MARGIN, bottom - callout + 4)
        slide.canvas.box(band, 22, slide.emphasis, layer=Layer.GROUND)
