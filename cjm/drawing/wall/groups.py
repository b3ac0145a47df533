"""The lanes of one row below each other, in groups by what they are about."""

from collections.abc import Sequence

from cjm.drawing.primitives import Layer, Stroke
from cjm.drawing.wall.lanes import Lane
from cjm.drawing.wall.page import WALL_MARGIN, WallLayout

HEADED_FROM = 12  # lanes: fewer are seen at a glance and need no heads above their groups
HEAD = 48  # height of a group's head
BORDER = 34  # height of the line of visibility with its name


def draw_lanes(wall: WallLayout, lanes: Sequence[Lane], top: float) -> float:
    """Draw the lanes that have something to say; return where the row ends."""
    shown = [lane for lane in lanes if lane.is_shown(wall)]
    # All rows of a wall look alike, so that the same lane is found in each.
    is_headed = sum(lane.has_content(wall.whole) for lane in lanes) >= HEADED_FROM
    y, previous = top, None
    for lane in shown:
        if is_headed and (previous is None or previous.group is not lane.group):
            y = _draw_group_head(wall, lane, y)
        elif lane.is_hidden_from_customers and previous is not None and not previous.is_hidden_from_customers:
            y = _draw_line_of_visibility(wall, y)
        elif previous is not None:
            wall.canvas.rule(WALL_MARGIN, wall.columns.content_right, y, 1.2)
        y, previous = lane.lay_out(wall, y), lane
    return y


def _draw_group_head(wall: WallLayout, lane: Lane, top: float) -> float:
    """Draw the name of a group with a rule behind it; return where its first lane begins."""
    style, theme = wall.typography.small_strong, wall.theme
    text = wall.words(f"map.lane.group.{lane.group.name.lower()}")
    baseline = top + HEAD - 14
    width = wall.canvas.text(WALL_MARGIN, baseline, text, style, theme.structure, max_width=wall.columns.width / 2)
    ends = ((WALL_MARGIN + width + 14, baseline - 6), (wall.columns.content_right, baseline - 6))
    wall.canvas.line(ends, Stroke(theme.structure, 1.4), Layer.RULES)
    return top + HEAD - 6


def _draw_line_of_visibility(wall: WallLayout, top: float) -> float:
    """Draw the dotted line below which customers see nothing; return where the next lane begins."""
    style, theme, y = wall.typography.small, wall.theme, top + BORDER / 2
    text = wall.words("map.lane.visibility")
    width = wall.canvas.text(WALL_MARGIN, y + 6, text, style, theme.quiet, max_width=wall.columns.width / 2)
    ends = ((WALL_MARGIN + width + 14, y), (wall.columns.content_right, y))
    wall.canvas.line(ends, Stroke(theme.quiet, 2.4, (0.1, 8)), Layer.RULES)
    return top + BORDER - 6
