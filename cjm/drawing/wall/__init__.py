"""The wall layout: landscape, a column a stage, and below the stages a lane for each thing we know about them.

1920 wide for up to seven stages and wider for more. A lane is as high as its fullest cell; a lane with nothing in it is
left out.
"""

from cjm.drawing.canvas import Canvas
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.reading import MapReading
from cjm.drawing.theme import WALL_TYPE, Theme
from cjm.drawing.typeset import Measure
from cjm.drawing.wall.causes import flow, troubles, voices
from cjm.drawing.wall.curve import curve
from cjm.drawing.wall.header import header
from cjm.drawing.wall.lanes import chevrons, goals, touchpoints
from cjm.drawing.wall.legend import legend
from cjm.drawing.wall.page import MARGIN, Wall, columns
from cjm.drawing.wall.satisfaction import satisfaction
from cjm.drawing.words import DrawingWords

__all__ = ["columns", "wall"]

LANES = (goals, touchpoints, curve, satisfaction, flow, troubles, voices)


def wall(reading: MapReading, words: DrawingWords, measure: Measure, theme: Theme) -> Picture:
    found = Wall(Canvas(measure, theme), WALL_TYPE, reading, words, columns(len(reading.stages)))
    top = y = chevrons(found, header(found)) + 14
    for lane in LANES:
        bottom = lane(found, y)
        if bottom > y > top:
            found.sheet.rule(MARGIN, found.columns.end, y, 1.2)
        y = bottom
    _tint(found, top, y)
    return found.sheet.picture(found.columns.width, legend(found, y) + 34)


def _tint(found: Wall, top: float, bottom: float) -> None:
    """The ground of the weakest stage."""
    for i, stage in enumerate(found.stages):
        if stage.weakest:
            box = Box(found.columns.left(i) - 13, top - 2, found.columns.column + 26, bottom - top + 6)
            found.sheet.box(box, 18, found.theme.tint, layer=Layer.GROUND)
