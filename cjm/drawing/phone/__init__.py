"""The phone layout: portrait, 1080 pixels wide, a row for each stage beside a path on which right is happier.

* It is read in a chat on a screen of some 390 points, so no text is smaller than 34 px.
* A journey too long for one page goes on in a further one; a messenger would scale a higher picture down.
"""

from collections.abc import Sequence

from cjm.drawing.canvas import Canvas
from cjm.drawing.phone.axis import draw_axis
from cjm.drawing.phone.header import draw_header
from cjm.drawing.phone.legend import draw_legend
from cjm.drawing.phone.page import LANE_LEFT, LANE_WIDTH, LEFT, RIGHT, WIDTH, PhonePage
from cjm.drawing.phone.pages import split_into_pages
from cjm.drawing.phone.rows import StageRow, draw_stage_row
from cjm.drawing.phone.trail import draw_trail
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.theme import PHONE_TYPOGRAPHY, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.wording.words import FigureWords

__all__ = ["lay_out_phone_page", "split_into_pages"]

TINT_LEFT, TINT_RIGHT = 276, WIDTH - 18  # of the weakest stage's ground: from the trail to the edge of the paper


def lay_out_phone_page(
    presentation: MapPresentation,
    words: FigureWords,
    measure: TextMeasure,
    theme: Theme,
    pages: Sequence[range],
    number: int,
) -> Picture:
    """Place everything on page ``number`` of `split_into_pages`, from 0; a number beyond the last means the last."""
    number = min(max(number, 0), len(pages) - 1)
    places = pages[number]
    page = PhonePage(
        Canvas(measure, theme, words.language),
        PHONE_TYPOGRAPHY,
        presentation,
        words,
        places.start,
        places.stop,
        number,
        len(pages),
    )
    head = draw_header(page)
    rows: list[StageRow] = []
    y = draw_axis(page, head)
    for stage in page.stages:
        row = draw_stage_row(page, stage, y)
        _draw_ground(page, rows, row)
        page.canvas.region(stage.figures.title, Box(LEFT - 8, row.top, WIDTH - LEFT, row.bottom - row.top))
        rows.append(row)
        y = row.bottom
    draw_trail(page, rows, Box(LANE_LEFT, head, LANE_WIDTH, y - head - 12))
    return page.canvas.to_picture(WIDTH, draw_legend(page, y) + 46)


def _draw_ground(page: PhonePage, above: list[StageRow], row: StageRow) -> None:
    """Tint the row of the weakest stage; draw a thin line between two other rows."""
    if row.is_tinted:
        box = Box(TINT_LEFT, row.top + 2, TINT_RIGHT - TINT_LEFT, row.bottom - row.top - 14)
        page.canvas.box(box, 30, page.canvas.theme.tint, layer=Layer.GROUND)
    elif above and not above[-1].is_tinted:
        page.canvas.rule(LEFT, RIGHT, row.top - 5, 2)
