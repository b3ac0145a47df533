"""The upper lanes of the wall: chevrons with the flow on their joints, goals, touchpoints."""

from cjm.drawing.canvas import Align
from cjm.drawing.primitives import Box, Layer, Path, Shape, Stroke
from cjm.drawing.reading import Knowledge, StageReading, TouchpointReading, figure
from cjm.drawing.symbols import channel_symbol
from cjm.drawing.theme import TypeStyle
from cjm.drawing.wall.page import GAP, INDENT, Wall

TIP = 16
MOST_TOUCHPOINTS = 6
ROW = 33


def chevrons(wall: Wall, top: float) -> float:
    """The stages with the people that entered them; on each joint the share that went on."""
    insets = [22 if i == 0 else 54 for i in range(len(wall.stages))]
    titles = [
        _title(wall, stage, wall.columns.column - inset - 10) for stage, inset in zip(wall.stages, insets, strict=True)
    ]
    counted = any(stage.look.customers for stage in wall.stages)
    deepest = max((len(lines) * style.line for lines, style in titles), default=0)
    height = 26 + deepest + (22 if counted else 0)
    for i, (stage, (lines, style)) in enumerate(zip(wall.stages, titles, strict=True)):
        x = wall.columns.left(i)
        fill, ink = _colours(wall, stage)
        wall.sheet.put(Shape(_chevron(wall, i, top, height), fill), layer=Layer.GROUND)
        y = top + (height - len(lines) * style.line - (22 if counted else 0)) / 2 + 0.93 * style.px
        for j, line in enumerate(lines):
            wall.sheet.text(x + insets[i], y + j * style.line, line, style, ink)
        if counted:
            people = wall.words("map.people", n=stage.look.customers)
            y += (len(lines) - 1) * style.line + 25
            wall.sheet.text(x + insets[i], y, people, wall.type.small, ink, room=wall.columns.column - insets[i] - 10)
        if i + 1 < len(wall.stages):
            _joint(wall, stage, wall.columns.left(i + 1) - 3 + TIP, top + height / 2)
    return top + height


def _title(wall: Wall, stage: StageReading, room: float) -> tuple[list[str], TypeStyle]:
    """Two large lines, or more smaller ones."""
    style = wall.type.stage
    if len(wall.sheet.lines(stage.look.title, style, room, 3)) > 2:
        style = wall.type.stage_long
    return wall.sheet.lines(stage.look.title, style, room, 4), style


def _colours(wall: Wall, stage: StageReading) -> tuple[str, str]:
    theme = wall.theme
    if stage.weakest:
        return theme.accent, theme.on_structure
    if stage.figure.judged or wall.reading.empty:
        return theme.structure, theme.on_structure
    return theme.dim, theme.on_grey


def _chevron(wall: Wall, i: int, top: float, height: float) -> Path:
    left, bottom, middle = wall.columns.left(i), top + height, top + height / 2
    last = i == len(wall.stages) - 1
    right = wall.columns.right(i) + (0 if last else GAP - 7)
    notch = TIP if i else 0
    tip = 0 if last else TIP
    return Path.polygon(
        ((left, top), (right, top), (right + tip, middle), (right, bottom), (left, bottom), (left + notch, middle))
    )


def _joint(wall: Wall, stage: StageReading, x: float, y: float) -> None:
    conversion = figure(stage.look.conversion)
    if not conversion.shown:
        return
    theme, style = wall.theme, wall.type.small_strong
    text = wall.words.percent(conversion.value / 100)
    width = wall.sheet.width(text, style) + 20
    wall.sheet.box(Box(x - width / 2, y - 14, width, 28), 14, theme.card, Stroke(theme.rule, 1.2))
    colour = theme.ink if conversion.judged else theme.on_grey
    wall.sheet.text(x, y + 5.5, text, style, colour, align=Align.CENTRE)


def goals(wall: Wall, top: float) -> float:
    if not any(stage.look.goal for stage in wall.stages):
        return top
    bottom = wall.name(top, wall.words("map.lane.goal"))
    for i, stage in enumerate(wall.stages):
        lines = wall.sheet.paragraph(
            wall.columns.left(i),
            top + 32,
            stage.look.goal,
            wall.type.body,
            wall.theme.ink,
            room=wall.columns.column,
            most=4,
        )
        bottom = max(bottom, top + 32 + (lines - 1) * wall.type.body.line)
    return bottom + 24


def touchpoints(wall: Wall, top: float) -> float:
    if not any(stage.touchpoints for stage in wall.stages):
        return top
    bottom = wall.name(top, wall.words("map.lane.touchpoints"))
    for i, stage in enumerate(wall.stages):
        y = top + 32.0
        shown = stage.touchpoints[:MOST_TOUCHPOINTS]
        for touchpoint in shown:
            y = _touchpoint(wall, i, touchpoint, y) + ROW
        if more := len(stage.touchpoints) - len(shown):
            x = wall.columns.left(i) + INDENT
            wall.sheet.text(
                x,
                y,
                wall.words("map.more", n=more),
                wall.type.small,
                wall.theme.quiet,
                room=wall.columns.column - INDENT,
            )
            y += ROW
        bottom = max(bottom, y - ROW)
    return bottom + 24


def _touchpoint(wall: Wall, i: int, touchpoint: TouchpointReading, y: float) -> float:
    """Gives the last baseline."""
    sheet, look, left = wall.sheet, touchpoint.look, wall.columns.left(i)
    known = touchpoint.figure.judged or (wall.reading.empty and not touchpoint.figure.n)
    colour = wall.theme.ink if known else wall.theme.on_grey
    sheet.icon(channel_symbol(look.channel), left + 10, y - 6, 21, colour)
    star = 28 if look.moment_of_truth else 0
    silent = not wall.stages[i].figure.n
    standing = _standing(wall, touchpoint, wall.columns.right(i), y, silent=silent)
    room = wall.columns.column - INDENT - standing - 12 - star
    lines = sheet.lines(look.title, wall.type.body, room, 2)
    width = 0.0
    for j, line in enumerate(lines):
        width = sheet.text(left + INDENT, y + j * wall.type.body.line, line, wall.type.body, colour)
    y += (len(lines) - 1) * wall.type.body.line
    if star:
        sheet.star(left + INDENT + width + 16, y - 6, 9.5)
    return y


def _standing(wall: Wall, touchpoint: TouchpointReading, right: float, y: float, *, silent: bool) -> float:
    """How many answered and the face, or why there is none; gives the width. ``silent`` about one nobody answered."""
    sheet, theme, found = wall.sheet, wall.theme, touchpoint.figure
    small = wall.type.small
    if found.knowledge is Knowledge.NONE:
        if silent:
            return 0.0
        return sheet.text(right, y, wall.words("map.none.short"), small, theme.on_grey, align=Align.RIGHT, room=110)
    if found.knowledge is Knowledge.WITHHELD:
        sheet.icon("lock", right - 7, y - 6.5, 17, theme.on_grey, weight=2.2)
        return 22 + sheet.text(
            right - 22, y, wall.words("map.withheld"), small, theme.on_grey, align=Align.RIGHT, room=90
        )
    sheet.face(right - 9, y - 5.5, 9.5, found.mood(wall.gauge), sure=found.sure(wall.gauge))
    return 27 + sheet.text(right - 27, y, wall.words.number(found.n), small, theme.quiet, align=Align.RIGHT)
