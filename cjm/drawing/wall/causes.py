"""The lower lanes of the wall: how long it takes, what stands in the way, what customers say."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align, Piece
from cjm.drawing.parts import quoted
from cjm.drawing.primitives import Box
from cjm.drawing.reading import StageReading
from cjm.drawing.wall.page import INDENT, Wall
from cjm.figures.journey_map import Barrier

MOST_BARRIERS = 4
MOST_VOICES = 2
ROW = 29


def flow(wall: Wall, top: float) -> float:
    """Median and 90th percentile of the time, and who is still on the way."""
    if not any(stage.look.time or stage.look.on_the_way for stage in wall.stages):
        return top
    bottom = wall.name(top, wall.words("map.lane.flow"), wall.words("map.lane.flow.note"))
    for i, stage in enumerate(wall.stages):
        if stage.look.time or stage.look.on_the_way:
            bottom = max(bottom, _flow(wall, i, stage, top + 34))
        else:
            wall.nothing(i, top + 34)
    return bottom + 24


def _flow(wall: Wall, i: int, stage: StageReading, y: float) -> float:
    """Gives the last baseline."""
    sheet, theme, words, left = wall.sheet, wall.theme, wall.words, wall.columns.left(i)
    room = wall.columns.column - INDENT
    time = stage.look.time
    if time:
        known = time.median_s is not None
        text = words.duration(time.median_s) if time.median_s is not None else words("map.flow.waiting")
        sheet.icon("clock", left + 10, y - 6, 20, theme.quiet)
        style = wall.type.strong if known else wall.type.body
        sheet.text(left + INDENT, y, text, style, theme.ink if known else theme.quiet, room=room)
        if time.p90_s is not None:
            y += 23
            text = words("map.flow.p90", time=words.duration(time.p90_s))
            sheet.text(left + INDENT, y, text, wall.type.small, theme.quiet, room=room)
        y += 25
    if stage.look.on_the_way:
        sheet.icon("walking", left + 10, y - 5, 19, theme.quiet)
        text = words("map.flow.on_the_way", n=stage.look.on_the_way)
        sheet.text(left + INDENT, y, text, wall.type.small, theme.quiet, room=room)
        y += 25
    return y - 25


def troubles(wall: Wall, top: float) -> float:
    """Complaints, calls for help, and the barriers that customers named."""
    if not any(stage.look.complaints or stage.look.support or stage.barriers for stage in wall.stages):
        return top
    bottom = wall.name(top, wall.words("map.lane.troubles"), wall.words("map.lane.troubles.note"))
    for i, stage in enumerate(wall.stages):
        y = top + 34.0
        rows = _contacts(wall, stage)
        for icon, pieces in rows:
            y = _contact(wall, i, icon, pieces, y) + ROW
        y = _barriers(wall, i, stage.barriers[:MOST_BARRIERS], y)
        if y == top + 34:
            wall.nothing(i, y)
            y += ROW
        bottom = max(bottom, y - ROW)
    return bottom + 24


def _contacts(wall: Wall, stage: StageReading) -> list[tuple[str, list[Piece]]]:
    """Complaints as a rate where there are visits enough for one, else as a count; visits to support."""
    words, theme, body, strong = wall.words, wall.theme, wall.type.small, wall.type.name
    look = stage.look
    found: list[tuple[str, list[Piece]]] = []
    if look.complaints and look.visits >= wall.reading.look.judge_from:
        rate = words.number(100 * look.complaints / look.visits, 1)
        found.append(("complaint", [(rate, strong, theme.ink), (" " + words("map.complaint_rate"), body, theme.quiet)]))
    elif look.complaints:
        found.append(("complaint", [(words("map.complaints", n=look.complaints), body, theme.ink)]))
    if look.support:
        found.append(("support", [(words("map.support", n=look.support), body, theme.ink)]))
    return found


def _contact(wall: Wall, i: int, icon: str, pieces: list[Piece], y: float) -> float:
    left = wall.columns.left(i)
    wall.sheet.icon(icon, left + 10, y - 6, 19, wall.theme.ink)
    *first, (text, style, colour) = pieces
    at = left + INDENT + wall.sheet.run(left + INDENT, y, first)
    wall.sheet.text(at, y, text, style, colour, room=wall.columns.right(i) - at)
    return y


def _barriers(wall: Wall, i: int, barriers: Sequence[Barrier], y: float) -> float:
    """How often, then what; gives the next row's baseline."""
    left, body, ink = wall.columns.left(i), wall.type.body, wall.theme.ink
    counts = [wall.words("map.times", count=wall.words.number(barrier.n)) for barrier in barriers]
    wide = max((wall.sheet.width(count, wall.type.name) for count in counts), default=0.0)
    indent = max(INDENT, wide + 10)
    for barrier, count in zip(barriers, counts, strict=True):
        wall.sheet.text(left + indent - 10, y, count, wall.type.name, ink, align=Align.RIGHT)
        lines = wall.sheet.paragraph(
            left + indent, y, barrier.theme, body, ink, room=wall.columns.column - indent, most=2
        )
        y += ROW + (lines - 1) * body.line
    return y


def voices(wall: Wall, top: float) -> float:
    if not any(stage.voices for stage in wall.stages):
        return top
    bottom = wall.name(top, wall.words("map.lane.voices"))
    for i, stage in enumerate(wall.stages):
        y = top + 34.0
        for voice in stage.voices[:MOST_VOICES]:
            style, left = wall.type.quote, wall.columns.left(i)
            text = quoted(voice.text, wall.words)
            lines = wall.sheet.paragraph(left + 16, y, text, style, wall.theme.quiet, room=wall.columns.column - 16)
            colour = wall.theme.ghost if voice.mood is None else wall.theme.moods[voice.mood]
            wall.sheet.box(Box(left, y - 16, 4, 22 + (lines - 1) * style.line), 2, colour)
            y += (lines - 1) * style.line
            bottom = max(bottom, y)
            y += 34
        if not stage.voices:
            wall.nothing(i, y)
    return bottom + 26
