"""The wall layout: landscape, a column for each stage, and below the stages a lane for each kind of figure.

* It is 1920 pixels wide for four stages and more, narrower for fewer; no text is under 14 pixels when the picture is
  shown 1600 pixels wide.
* More than six stages stand in two rows, each with its lanes; head and legend are there once.
* A lane is as high as its fullest cell; a lane without content is left out. Lanes about one subject form a group.
"""

from dataclasses import replace

from cjm.drawing.canvas import Canvas
from cjm.drawing.choices import LanePreset
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Layer, Picture
from cjm.drawing.theme import WALL_TYPOGRAPHY, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.drawing.wall.chevrons import draw_chevrons
from cjm.drawing.wall.groups import draw_lanes
from cjm.drawing.wall.header import draw_header
from cjm.drawing.wall.lanes import choose_lanes
from cjm.drawing.wall.legend import draw_legend
from cjm.drawing.wall.page import WallLayout, make_columns, split_rows
from cjm.wording.words import FigureWords

__all__ = ["lay_out_wall", "lay_out_wall_rows"]

BETWEEN_ROWS = 58  # pixels from the lanes of a row to the stages of the next one


def lay_out_wall(
    presentation: MapPresentation,
    words: FigureWords,
    measure: TextMeasure,
    theme: Theme,
    preset: LanePreset = LanePreset.SIMPLE,
) -> Picture:
    """Place everything on one wall."""
    canvas = Canvas(measure, theme, words.language)
    wall, rows = lay_out_wall_rows(presentation, words, canvas)
    lanes = choose_lanes(preset, presentation.journey_map.kind)
    y = draw_header(wall)
    for row in rows:
        top = draw_chevrons(row, y) + 14
        bottom = draw_lanes(row, lanes, top)
        _tint_stages(row, top, bottom)
        for i, stage in enumerate(row.stages):
            canvas.region(
                stage.figures.title, Box(row.columns.left_edge(i) - 13, y, row.columns.column_width + 26, bottom - y)
            )
        y = bottom + BETWEEN_ROWS
    bottom = draw_legend(wall, y - BETWEEN_ROWS)
    return canvas.to_picture(wall.columns.width, bottom + 34)


def lay_out_wall_rows(
    presentation: MapPresentation, words: FigureWords, canvas: Canvas
) -> tuple[WallLayout, list[WallLayout]]:
    """Return the whole wall, and its rows with the stages of each."""
    rows = split_rows(len(presentation.stages))
    columns = make_columns(max(map(len, rows)))
    wall = WallLayout(canvas, WALL_TYPOGRAPHY, presentation, words, columns, presentation)
    return wall, [
        replace(
            wall,
            presentation=replace(presentation, stages=presentation.stages[row.start : row.stop]),
            first=row.start,
        )
        for row in rows
    ]


def _tint_stages(wall: WallLayout, top: float, bottom: float) -> None:
    columns = wall.columns
    for i, stage in enumerate(wall.stages):
        if stage.stands_out:
            box = Box(columns.left_edge(i) - 13, top - 2, columns.column_width + 26, bottom - top + 6)
            wall.canvas.box(box, 18, wall.theme.tint, layer=Layer.GROUND)
