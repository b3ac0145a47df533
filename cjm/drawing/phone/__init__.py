"""The phone layout: portrait, 1080 wide, a row a stage, beside a path on which right is happier.

It is read in a chat on a screen of some 390 points, so no text is smaller than 34 px; what does not fit goes to a
further page.
"""

import math

from cjm.drawing.canvas import Canvas
from cjm.drawing.phone.header import draw_header
from cjm.drawing.phone.legend import draw_legend
from cjm.drawing.phone.page import LANE_LEFT, LANE_WIDTH, LEFT, RIGHT, STAGES_A_PAGE, WIDTH, PhonePage
from cjm.drawing.phone.rows import StageRow, draw_stage_row
from cjm.drawing.phone.trail import draw_trail
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.theme import PHONE_TYPOGRAPHY, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.drawing.words import DrawingWords

__all__ = ["lay_out_phone_page", "phone_page_count"]

TINT_LEFT, TINT_RIGHT = 276, WIDTH - 18


def phone_page_count(stages: int) -> int:
    return max(1, math.ceil(stages / STAGES_A_PAGE))


def lay_out_phone_page(
    presentation: MapPresentation, words: DrawingWords, measure: TextMeasure, theme: Theme, number: int
) -> Picture:
    """One page, counted from 0; the stages are spread evenly over the pages. A page that is not there is the last."""
    pages = phone_page_count(len(presentation.stages))
    number = min(max(number, 0), pages - 1)
    first, last = (len(presentation.stages) * i // pages for i in (number, number + 1))
    page = PhonePage(Canvas(measure, theme), PHONE_TYPOGRAPHY, presentation, words, first, last, number, pages)
    head = draw_header(page)
    rows: list[StageRow] = []
    y = head
    for stage in page.stages:
        found = draw_stage_row(page, stage, y)
        _draw_ground(page, rows, found, stage.is_weakest)
        rows.append(found)
        y = found.bottom
    draw_trail(page, rows, Box(LANE_LEFT, head, LANE_WIDTH, y - head - 12))
    return page.canvas.to_picture(WIDTH, draw_legend(page, y) + 46)


def _draw_ground(page: PhonePage, above: list[StageRow], found: StageRow, weakest: bool) -> None:
    """The tint of the weakest stage, a hairline between two others."""
    if weakest:
        box = Box(TINT_LEFT, found.top + 2, TINT_RIGHT - TINT_LEFT, found.bottom - found.top - 14)
        page.canvas.box(box, 30, page.canvas.theme.tint, layer=Layer.GROUND)
    elif above and not above[-1].is_tinted:
        page.canvas.rule(LEFT, RIGHT, found.top - 5, 2)
