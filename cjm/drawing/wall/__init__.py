"""The wall layout: landscape, a column a stage, and below the stages a lane for each thing we know about them.

1920 wide for up to seven stages and wider for more. A lane is as high as its fullest cell; a lane with nothing in it is
left out.
"""

from cjm.drawing.canvas import Canvas
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.theme import WALL_TYPOGRAPHY, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.drawing.wall.causes import draw_flow, draw_troubles, draw_voices
from cjm.drawing.wall.curve import draw_curve
from cjm.drawing.wall.header import draw_header
from cjm.drawing.wall.lanes import draw_chevrons, draw_goals, draw_touchpoints
from cjm.drawing.wall.legend import draw_legend
from cjm.drawing.wall.page import MARGIN, WallLayout, make_columns
from cjm.drawing.wall.satisfaction import draw_satisfaction
from cjm.drawing.words import DrawingWords

__all__ = ["lay_out_wall", "make_columns"]

LANES = (draw_goals, draw_touchpoints, draw_curve, draw_satisfaction, draw_flow, draw_troubles, draw_voices)


def lay_out_wall(presentation: MapPresentation, words: DrawingWords, measure: TextMeasure, theme: Theme) -> Picture:
    found = WallLayout(
        Canvas(measure, theme), WALL_TYPOGRAPHY, presentation, words, make_columns(len(presentation.stages))
    )
    top = y = draw_chevrons(found, draw_header(found)) + 14
    for lane in LANES:
        bottom = lane(found, y)
        if bottom > y > top:
            found.canvas.rule(MARGIN, found.columns.content_right, y, 1.2)
        y = bottom
    _tint_weakest_stage(found, top, y)
    return found.canvas.to_picture(found.columns.width, draw_legend(found, y) + 34)


def _tint_weakest_stage(found: WallLayout, top: float, bottom: float) -> None:
    """The ground of the weakest stage."""
    for i, stage in enumerate(found.stages):
        if stage.is_weakest:
            box = Box(found.columns.left_edge(i) - 13, top - 2, found.columns.column_width + 26, bottom - top + 6)
            found.canvas.box(box, 18, found.theme.tint, layer=Layer.GROUND)
