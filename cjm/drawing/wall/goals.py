"""The lane of goals: what the customer wants at each stage."""

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.page import WallLayout


def has_goals(presentation: MapPresentation) -> bool:
    return any(stage.figures.goal for stage in presentation.stages)


def draw_goals(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw each stage's goal in at most four lines; return where the next lane begins.

    ``name_bottom`` is the last baseline of the lane's name, which may reach below the goals.
    """
    first_baseline = top + 32  # that of the lane's name, too: see WallLayout.draw_lane_name
    bottom = name_bottom
    for i, stage in enumerate(wall.stages):
        lines = wall.canvas.paragraph(
            wall.columns.left_edge(i),
            first_baseline,
            stage.figures.goal,
            wall.typography.body,
            wall.theme.ink,
            max_width=wall.columns.column_width,
            max_lines=4,
        )
        bottom = max(bottom, first_baseline + (lines - 1) * wall.typography.body.line)
    return bottom + 24
