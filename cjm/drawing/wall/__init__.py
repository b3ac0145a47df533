"""The wall layout: landscape, a column for each stage, and below the stages a lane for each kind of figure.

* It is 1920 pixels wide for four to six stages, narrower for fewer and wider for more; texts never get smaller.
* A lane is as high as its fullest cell; a lane without content is left out.
"""

from cjm.drawing.canvas import Canvas
from cjm.drawing.choices import LanePreset
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.theme import WALL_TYPOGRAPHY, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.drawing.wall.chevrons import draw_chevrons
from cjm.drawing.wall.header import draw_header
from cjm.drawing.wall.lanes import LANES
from cjm.drawing.wall.legend import draw_legend
from cjm.drawing.wall.page import WALL_MARGIN, WallLayout, make_columns
from cjm.wording.words import FigureWords

__all__ = ["lay_out_wall"]


def lay_out_wall(
    presentation: MapPresentation,
    words: FigureWords,
    measure: TextMeasure,
    theme: Theme,
    lanes: LanePreset = LanePreset.SIMPLE,
) -> Picture:
    """Place everything on one wall, as wide as its stages need."""
    columns = make_columns(len(presentation.stages))
    wall = WallLayout(Canvas(measure, theme, words.language), WALL_TYPOGRAPHY, presentation, words, columns)
    top = y = draw_chevrons(wall, draw_header(wall)) + 14
    for lane in LANES:
        if lane.has_content(presentation):
            bottom = lane.lay_out(wall, y)
            if y > top:
                wall.canvas.rule(WALL_MARGIN, columns.content_right, y, 1.2)
            y = bottom
    _tint_weakest_stage(wall, top, y)
    return wall.canvas.to_picture(columns.width, draw_legend(wall, y) + 34)


def _tint_weakest_stage(wall: WallLayout, top: float, bottom: float) -> None:
    columns = wall.columns
    for i, stage in enumerate(wall.stages):
        if stage.is_weakest:
            box = Box(columns.left_edge(i) - 13, top - 2, columns.column_width + 26, bottom - top + 6)
            wall.canvas.box(box, 18, wall.theme.tint, layer=Layer.GROUND)
