"""The phone layout: portrait, 1080 wide, a row a stage, beside a path on which right is happier.

It is read in a chat on a screen of some 390 points, so no text is smaller than 34 px; what does not fit goes to a
further page.
"""

import math

from cjm.drawing.canvas import Canvas
from cjm.drawing.phone.header import header
from cjm.drawing.phone.legend import legend
from cjm.drawing.phone.page import LANE_LEFT, LANE_WIDTH, LEFT, RIGHT, STAGES_A_PAGE, WIDTH, Page
from cjm.drawing.phone.rows import StageRow, row
from cjm.drawing.phone.trail import trail
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.reading import MapReading
from cjm.drawing.theme import PHONE_TYPE, Theme
from cjm.drawing.typeset import Measure
from cjm.drawing.words import DrawingWords

__all__ = ["page_count", "phone"]

TINT_LEFT, TINT_RIGHT = 276, WIDTH - 18


def page_count(stages: int) -> int:
    return max(1, math.ceil(stages / STAGES_A_PAGE))


def phone(reading: MapReading, words: DrawingWords, measure: Measure, theme: Theme, number: int) -> Picture:
    """One page, counted from 0; the stages are spread evenly over the pages. A page that is not there is the last."""
    pages = page_count(len(reading.stages))
    number = min(max(number, 0), pages - 1)
    first, last = (len(reading.stages) * i // pages for i in (number, number + 1))
    page = Page(Canvas(measure, theme), PHONE_TYPE, reading, words, first, last, number, pages)
    head = header(page)
    rows: list[StageRow] = []
    y = head
    for stage in page.stages:
        found = row(page, stage, y)
        _ground(page, rows, found, stage.weakest)
        rows.append(found)
        y = found.bottom
    trail(page, rows, Box(LANE_LEFT, head, LANE_WIDTH, y - head - 12))
    return page.sheet.picture(WIDTH, legend(page, y) + 46)


def _ground(page: Page, above: list[StageRow], found: StageRow, weakest: bool) -> None:
    """The tint of the weakest stage, a hairline between two others."""
    if weakest:
        box = Box(TINT_LEFT, found.top + 2, TINT_RIGHT - TINT_LEFT, found.bottom - found.top - 14)
        page.sheet.box(box, 30, page.sheet.theme.tint, layer=Layer.GROUND)
    elif above and not above[-1].tinted:
        page.sheet.rule(LEFT, RIGHT, found.top - 5, 2)
