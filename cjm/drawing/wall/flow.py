"""The lane of flow: how long a stage takes, and how many are still on the way."""

from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.wall.page import INDENT, WallLayout


def has_flow(presentation: MapPresentation) -> bool:
    return any(stage.figures.time or stage.figures.on_the_way for stage in presentation.stages)


def draw_flow(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw median and 90th percentile of the time, and the number still on the way."""
    bottom = name_bottom
    for i, stage in enumerate(wall.stages):
        if stage.figures.time or stage.figures.on_the_way:
            bottom = max(bottom, _draw_flow_cell(wall, i, stage, top + 34))
        else:
            wall.draw_empty_cell(i, top + 34)
    return bottom + 24


def _draw_flow_cell(wall: WallLayout, i: int, stage: StagePresentation, y: float) -> float:
    """Draw the flow of one stage; return the last baseline."""
    canvas, theme, words, left = wall.canvas, wall.theme, wall.words, wall.columns.left_edge(i)
    room = wall.columns.column_width - INDENT
    time = stage.figures.time
    if time:
        known = time.median_s is not None  # else too few entered, or fewer than half went on
        text = words.duration(time.median_s) if time.median_s is not None else words("map.flow.waiting")
        canvas.icon("clock", left + 10, y - 6, 20, theme.quiet)
        style = wall.typography.strong if known else wall.typography.body
        canvas.text(left + INDENT, y, text, style, theme.ink if known else theme.quiet, max_width=room)
        if time.p90_s is not None:
            y += 23
            text = words("map.flow.p90", time=words.duration(time.p90_s))
            canvas.text(left + INDENT, y, text, wall.typography.small, theme.quiet, max_width=room)
        y += 25
    if stage.figures.on_the_way:
        canvas.icon("walking", left + 10, y - 5, 19, theme.quiet)
        text = words("map.flow.on_the_way", n=stage.figures.on_the_way)
        canvas.text(left + INDENT, y, text, wall.typography.small, theme.quiet, max_width=room)
        y += 25
    return y - 25
