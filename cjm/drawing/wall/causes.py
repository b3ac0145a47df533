"""The lower lanes of the wall: how long it takes, what stands in the way, what customers say."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align, TextPiece
from cjm.drawing.captions import quote_text
from cjm.drawing.presentation import StagePresentation
from cjm.drawing.primitives import Box
from cjm.drawing.wall.page import INDENT, WallLayout
from cjm.figures.journey_map import Barrier

MOST_BARRIERS = 4
MOST_VOICES = 2
ROW = 29


def draw_flow(wall: WallLayout, top: float) -> float:
    """Median and 90th percentile of the time, and who is still on the way."""
    if not any(stage.figures.time or stage.figures.on_the_way for stage in wall.stages):
        return top
    bottom = wall.draw_lane_name(top, wall.words("map.lane.flow"), wall.words("map.lane.flow.note"))
    for i, stage in enumerate(wall.stages):
        if stage.figures.time or stage.figures.on_the_way:
            bottom = max(bottom, _draw_flow_cell(wall, i, stage, top + 34))
        else:
            wall.draw_empty_cell(i, top + 34)
    return bottom + 24


def _draw_flow_cell(wall: WallLayout, i: int, stage: StagePresentation, y: float) -> float:
    """Gives the last baseline."""
    canvas, theme, words, left = wall.canvas, wall.theme, wall.words, wall.columns.left_edge(i)
    room = wall.columns.column_width - INDENT
    time = stage.figures.time
    if time:
        known = time.median_s is not None
        text = words.duration(time.median_s) if time.median_s is not None else words("map.flow.waiting")
        canvas.icon("clock", left + 10, y - 6, 20, theme.quiet)
        style = wall.typography.strong if known else wall.typography.body
        canvas.text(left + INDENT, y, text, style, theme.ink if known else theme.quiet, room=room)
        if time.p90_s is not None:
            y += 23
            text = words("map.flow.p90", time=words.duration(time.p90_s))
            canvas.text(left + INDENT, y, text, wall.typography.small, theme.quiet, room=room)
        y += 25
    if stage.figures.on_the_way:
        canvas.icon("walking", left + 10, y - 5, 19, theme.quiet)
        text = words("map.flow.on_the_way", n=stage.figures.on_the_way)
        canvas.text(left + INDENT, y, text, wall.typography.small, theme.quiet, room=room)
        y += 25
    return y - 25


def draw_troubles(wall: WallLayout, top: float) -> float:
    """Complaints, calls for help, and the barriers that customers named."""
    if not any(stage.figures.complaints or stage.figures.support or stage.barriers for stage in wall.stages):
        return top
    bottom = wall.draw_lane_name(top, wall.words("map.lane.troubles"), wall.words("map.lane.troubles.note"))
    for i, stage in enumerate(wall.stages):
        y = top + 34.0
        rows = _contact_rows(wall, stage)
        for icon, pieces in rows:
            y = _draw_contact(wall, i, icon, pieces, y) + ROW
        y = _draw_barriers(wall, i, stage.barriers[:MOST_BARRIERS], y)
        if y == top + 34:
            wall.draw_empty_cell(i, y)
            y += ROW
        bottom = max(bottom, y - ROW)
    return bottom + 24


def _contact_rows(wall: WallLayout, stage: StagePresentation) -> list[tuple[str, list[TextPiece]]]:
    """Complaints as a rate where there are visits enough for one, else as a count; visits to support."""
    words, theme, body, strong = wall.words, wall.theme, wall.typography.small, wall.typography.name
    figures = stage.figures
    found: list[tuple[str, list[TextPiece]]] = []
    if figures.complaints and figures.visits >= wall.presentation.journey_map.judge_from:
        rate = words.number(100 * figures.complaints / figures.visits, 1)
        found.append(("complaint", [(rate, strong, theme.ink), (" " + words("map.complaint_rate"), body, theme.quiet)]))
    elif figures.complaints:
        found.append(("complaint", [(words("map.complaints", n=figures.complaints), body, theme.ink)]))
    if figures.support:
        found.append(("support", [(words("map.support", n=figures.support), body, theme.ink)]))
    return found


def _draw_contact(wall: WallLayout, i: int, icon: str, pieces: list[TextPiece], y: float) -> float:
    left = wall.columns.left_edge(i)
    wall.canvas.icon(icon, left + 10, y - 6, 19, wall.theme.ink)
    *first, (text, style, colour) = pieces
    at = left + INDENT + wall.canvas.text_run(left + INDENT, y, first)
    wall.canvas.text(at, y, text, style, colour, room=wall.columns.right_edge(i) - at)
    return y


def _draw_barriers(wall: WallLayout, i: int, barriers: Sequence[Barrier], y: float) -> float:
    """How often, then what; gives the next row's baseline."""
    left, body, ink = wall.columns.left_edge(i), wall.typography.body, wall.theme.ink
    counts = [wall.words("map.times", count=wall.words.number(barrier.n)) for barrier in barriers]
    wide = max((wall.canvas.text_width(count, wall.typography.name) for count in counts), default=0.0)
    indent = max(INDENT, wide + 10)
    for barrier, count in zip(barriers, counts, strict=True):
        wall.canvas.text(left + indent - 10, y, count, wall.typography.name, ink, align=Align.RIGHT)
        lines = wall.canvas.paragraph(
            left + indent, y, barrier.theme, body, ink, room=wall.columns.column_width - indent, most=2
        )
        y += ROW + (lines - 1) * body.line
    return y


def draw_voices(wall: WallLayout, top: float) -> float:
    if not any(stage.voices for stage in wall.stages):
        return top
    bottom = wall.draw_lane_name(top, wall.words("map.lane.voices"))
    for i, stage in enumerate(wall.stages):
        y = top + 34.0
        for voice in stage.voices[:MOST_VOICES]:
            style, left = wall.typography.quote, wall.columns.left_edge(i)
            text = quote_text(voice.text, wall.words)
            lines = wall.canvas.paragraph(
                left + 16, y, text, style, wall.theme.quiet, room=wall.columns.column_width - 16
            )
            colour = wall.theme.ghost if voice.mood is None else wall.theme.moods[voice.mood]
            wall.canvas.box(Box(left, y - 16, 4, 22 + (lines - 1) * style.line), 2, colour)
            y += (lines - 1) * style.line
            bottom = max(bottom, y)
            y += 34
        if not stage.voices:
            wall.draw_empty_cell(i, y)
    return bottom + 26
