"""The upper lanes of the wall: chevrons with the flow on their joints, goals, touchpoints."""

from cjm.drawing.canvas import Align
from cjm.drawing.presentation import FigureStatus, StagePresentation, TouchpointPresentation, present_score
from cjm.drawing.primitives import Box, Layer, PathData, Shape, Stroke
from cjm.drawing.symbols import channel_symbol
from cjm.drawing.theme import FontStyle
from cjm.drawing.wall.page import GAP, INDENT, WallLayout

TIP = 16
MOST_TOUCHPOINTS = 6
ROW = 33


def draw_chevrons(wall: WallLayout, top: float) -> float:
    """The stages with the people that entered them; on each joint the share that went on."""
    insets = [22 if i == 0 else 54 for i in range(len(wall.stages))]
    titles = [
        _title_lines(wall, stage, wall.columns.column_width - inset - 10)
        for stage, inset in zip(wall.stages, insets, strict=True)
    ]
    counted = any(stage.figures.customers for stage in wall.stages)
    deepest = max((len(lines) * style.line for lines, style in titles), default=0)
    height = 26 + deepest + (22 if counted else 0)
    for i, (stage, (lines, style)) in enumerate(zip(wall.stages, titles, strict=True)):
        x = wall.columns.left_edge(i)
        fill, ink = _colours(wall, stage)
        wall.canvas.add(Shape(_chevron_path(wall, i, top, height), fill), layer=Layer.GROUND)
        y = top + (height - len(lines) * style.line - (22 if counted else 0)) / 2 + 0.93 * style.px
        for j, line in enumerate(lines):
            wall.canvas.text(x + insets[i], y + j * style.line, line, style, ink)
        if counted:
            people = wall.words("map.people", n=stage.figures.customers)
            y += (len(lines) - 1) * style.line + 25
            wall.canvas.text(
                x + insets[i], y, people, wall.typography.small, ink, room=wall.columns.column_width - insets[i] - 10
            )
        if i + 1 < len(wall.stages):
            _draw_conversion(wall, stage, wall.columns.left_edge(i + 1) - 3 + TIP, top + height / 2)
    return top + height


def _title_lines(wall: WallLayout, stage: StagePresentation, room: float) -> tuple[list[str], FontStyle]:
    """Two large lines, or more smaller ones."""
    style = wall.typography.stage
    if len(wall.canvas.wrap(stage.figures.title, style, room, 3)) > 2:
        style = wall.typography.stage_long
    return wall.canvas.wrap(stage.figures.title, style, room, 4), style


def _colours(wall: WallLayout, stage: StagePresentation) -> tuple[str, str]:
    theme = wall.theme
    if stage.is_weakest:
        return theme.accent, theme.on_structure
    if stage.headline.is_judged or wall.presentation.is_empty:
        return theme.structure, theme.on_structure
    return theme.dim, theme.on_grey


def _chevron_path(wall: WallLayout, i: int, top: float, height: float) -> PathData:
    left, bottom, middle = wall.columns.left_edge(i), top + height, top + height / 2
    last = i == len(wall.stages) - 1
    right = wall.columns.right_edge(i) + (0 if last else GAP - 7)
    notch = TIP if i else 0
    tip = 0 if last else TIP
    return PathData.polygon(
        ((left, top), (right, top), (right + tip, middle), (right, bottom), (left, bottom), (left + notch, middle))
    )


def _draw_conversion(wall: WallLayout, stage: StagePresentation, x: float, y: float) -> None:
    conversion = present_score(stage.figures.conversion)
    if not conversion.is_visible:
        return
    theme, style = wall.theme, wall.typography.small_strong
    text = wall.words.percent(conversion.value / 100)
    width = wall.canvas.text_width(text, style) + 20
    wall.canvas.box(Box(x - width / 2, y - 14, width, 28), 14, theme.card, Stroke(theme.rule, 1.2))
    colour = theme.ink if conversion.is_judged else theme.on_grey
    wall.canvas.text(x, y + 5.5, text, style, colour, align=Align.CENTRE)


def draw_goals(wall: WallLayout, top: float) -> float:
    if not any(stage.figures.goal for stage in wall.stages):
        return top
    bottom = wall.draw_lane_name(top, wall.words("map.lane.goal"))
    for i, stage in enumerate(wall.stages):
        lines = wall.canvas.paragraph(
            wall.columns.left_edge(i),
            top + 32,
            stage.figures.goal,
            wall.typography.body,
            wall.theme.ink,
            room=wall.columns.column_width,
            most=4,
        )
        bottom = max(bottom, top + 32 + (lines - 1) * wall.typography.body.line)
    return bottom + 24


def draw_touchpoints(wall: WallLayout, top: float) -> float:
    if not any(stage.touchpoints for stage in wall.stages):
        return top
    bottom = wall.draw_lane_name(top, wall.words("map.lane.touchpoints"))
    for i, stage in enumerate(wall.stages):
        y = top + 32.0
        shown = stage.touchpoints[:MOST_TOUCHPOINTS]
        for touchpoint in shown:
            y = _draw_touchpoint(wall, i, touchpoint, y) + ROW
        if more := len(stage.touchpoints) - len(shown):
            x = wall.columns.left_edge(i) + INDENT
            wall.canvas.text(
                x,
                y,
                wall.words("map.more", n=more),
                wall.typography.small,
                wall.theme.quiet,
                room=wall.columns.column_width - INDENT,
            )
            y += ROW
        bottom = max(bottom, y - ROW)
    return bottom + 24


def _draw_touchpoint(wall: WallLayout, i: int, touchpoint: TouchpointPresentation, y: float) -> float:
    """Gives the last baseline."""
    canvas, figures, left = wall.canvas, touchpoint.figures, wall.columns.left_edge(i)
    known = touchpoint.headline.is_judged or (wall.presentation.is_empty and not touchpoint.headline.n)
    colour = wall.theme.ink if known else wall.theme.on_grey
    canvas.icon(channel_symbol(figures.channel), left + 10, y - 6, 21, colour)
    star = 28 if figures.moment_of_truth else 0
    silent = not wall.stages[i].headline.n
    standing = _draw_touchpoint_score(wall, touchpoint, wall.columns.right_edge(i), y, silent=silent)
    room = wall.columns.column_width - INDENT - standing - 12 - star
    lines = canvas.wrap(figures.title, wall.typography.body, room, 2)
    width = 0.0
    for j, line in enumerate(lines):
        width = canvas.text(left + INDENT, y + j * wall.typography.body.line, line, wall.typography.body, colour)
    y += (len(lines) - 1) * wall.typography.body.line
    if star:
        canvas.star(left + INDENT + width + 16, y - 6, 9.5)
    return y


def _draw_touchpoint_score(
    wall: WallLayout, touchpoint: TouchpointPresentation, right: float, y: float, *, silent: bool
) -> float:
    """How many answered and the face, or why there is none; gives the width. ``silent`` about one nobody answered."""
    canvas, theme, found = wall.canvas, wall.theme, touchpoint.headline
    small = wall.typography.small
    if found.status is FigureStatus.NONE:
        if silent:
            return 0.0
        return canvas.text(right, y, wall.words("map.none.short"), small, theme.on_grey, align=Align.RIGHT, room=110)
    if found.status is FigureStatus.WITHHELD:
        canvas.icon("lock", right - 7, y - 6.5, 17, theme.on_grey, weight=2.2)
        return 22 + canvas.text(
            right - 22, y, wall.words("map.withheld"), small, theme.on_grey, align=Align.RIGHT, room=90
        )
    canvas.face(right - 9, y - 5.5, 9.5, found.mood(wall.gauge), is_certain=found.is_certain(wall.gauge))
    return 27 + canvas.text(right - 27, y, wall.words.number(found.n), small, theme.quiet, align=Align.RIGHT)
