"""The lane of the time axis: how long after the start of a walk its stages begin."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Layer, Stroke
from cjm.drawing.wall.cells import DETAIL
from cjm.drawing.wall.page import AIR, BASELINE, GAP, WallLayout

DOT = 5.5


def has_start_times(presentation: MapPresentation) -> bool:
    return any(stage.figures.start_time for stage in presentation.stages)


def draw_start_times(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw a line with a dot at each stage, and the median time from the start of a walk to there with its n."""
    y, theme, words = top + BASELINE - 15, wall.theme, wall.words
    right = wall.row_right + (GAP if wall.is_continued else 0)
    wall.canvas.line(((wall.columns.left_edge(0), y), (right, y)), Stroke(theme.ghost, 1.4), Layer.RULES)
    bottom = name_bottom
    for i, stage in enumerate(wall.stages):
        x, room, start = wall.columns.left_edge(i), wall.columns.column_width, stage.figures.start_time
        is_start = not wall.first + i
        wall.canvas.circle(x + DOT, y, DOT, theme.ink if start or is_start else theme.paper, Stroke(theme.ink, 1.4))
        if start is not None:
            time = words("map.lane.start_time.after", time=words.short_duration(start.median_s))
            wall.canvas.text(x, y + 27, time, wall.typography.name, theme.ink, max_width=room)
            walks = words("map.walks", n=start.n)
            wall.canvas.text(x, y + 27 + DETAIL, walks, wall.typography.small, theme.quiet, max_width=room)
            bottom = max(bottom, y + 27 + DETAIL)
        elif is_start:
            text = words("map.lane.start_time.start")
            wall.canvas.text(x, y + 27, text, wall.typography.name, theme.ink, max_width=room)
            bottom = max(bottom, y + 27)
    return bottom + AIR
