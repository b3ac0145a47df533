"""The lane of changes under way: what is changed, by whom and until when, and what the figures say since."""

from cjm.drawing.marks import badge_width, draw_badge
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Box, Stroke
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.figures.map_parts.changes import PROVEN, ChangeVerdict, StageChange
from cjm.wording.verdicts.stage_change_words import stage_change_effect, stage_change_plan_text

MOST_CHANGES = 3
PILL = 28  # height
_BADGES = {ChangeVerdict.BETTER: "up", ChangeVerdict.WORSE: "down"}


def has_changes(presentation: MapPresentation) -> bool:
    return any(stage.figures.changes for stage in presentation.stages)


def has_proven_changes(presentation: MapPresentation) -> bool:
    """Return whether a change has an effect whose badge needs to be explained."""
    return any(change.verdict in PROVEN for stage in presentation.stages for change in stage.figures.changes)


def draw_changes(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the changes of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_changes)


def _write_changes(cell: Cell) -> None:
    changes = cell.stage.figures.changes
    for change in changes[:MOST_CHANGES]:
        cell.write(change.title or "—", cell.wall.typography.name, cell.wall.theme.ink, above=38)
        today = cell.wall.presentation.journey_map.as_of.date()
        cell.write_detail(stage_change_plan_text(change, today, cell.wall.words), indent=0)
        _draw_verdict(cell, change)
    if len(changes) > MOST_CHANGES:
        cell.write_detail(cell.wall.words("map.more", n=len(changes) - MOST_CHANGES), indent=0)


def _draw_verdict(cell: Cell, change: StageChange) -> None:
    """Draw a solid badge for a proven effect, else the verdict in an outline."""
    wall = cell.wall
    text, style = _verdict_text(cell, change), wall.typography.small
    y = cell.next_baseline(33)
    if icon := _BADGES.get(change.verdict):
        fill = wall.theme.better if change.verdict is ChangeVerdict.BETTER else wall.theme.accent
        strong = wall.typography.small_strong
        text = wall.canvas.fit(text, strong, cell.width - 2.5 * strong.px)
        end = cell.left + badge_width(wall.canvas, text, strong, icon)
        draw_badge(wall.canvas, (end, y - strong.half_capital), text, strong, fill=fill, icon=icon)
        return
    is_late = change.verdict is ChangeVerdict.OVERDUE
    colour = wall.theme.accent if is_late else wall.theme.quiet
    width = wall.canvas.text(cell.left + 13, y, text, style, colour, max_width=cell.width - 26)
    outline = Stroke(colour if is_late else wall.theme.ghost, 1.4)
    wall.canvas.box(Box(cell.left, y - 6 - PILL / 2, width + 26, PILL), PILL / 2, None, outline)


def _verdict_text(cell: Cell, change: StageChange) -> str:
    """Return the verdict in words; of a proven effect, its size."""
    words, scale = cell.wall.words, cell.wall.presentation.journey_map.scale
    return stage_change_effect(change, scale, words) or words(f"map.lane.changes.{change.verdict}")
