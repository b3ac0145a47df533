"""The satisfaction lane of the wall: the figure with its interval, n and change, the other scales small beside it."""

from cjm.drawing.canvas import Align, Piece
from cjm.drawing.mood import GAUGES
from cjm.drawing.parts import audience_words, change_words, missing_words, pill, quiet_change, range_bar, real_change
from cjm.drawing.primitives import Box
from cjm.drawing.reading import FigureReading, Knowledge, StageReading
from cjm.drawing.wall.page import Wall
from cjm.figures.journey_map import ChangeDirection
from cjm.scales import Scale

LINE = 24  # from one small line to the next
CARD = 64
AIR = 14  # between the margin and the verdict


def satisfaction(wall: Wall, top: float) -> float:
    title = wall.words(f"map.scale.{wall.reading.look.scale.value}")
    bottom = wall.name(top, title, wall.words("map.lane.satisfaction.note")) if not wall.reading.empty else top
    if wall.reading.empty:
        return top
    hidden = [i for i, stage in enumerate(wall.stages) if not stage.figure.shown]
    for i, stage in enumerate(wall.stages):
        y = _shown(wall, i, stage, top) if stage.figure.shown else top + 124
        bottom = max(bottom, _others(wall, i, stage, y) if not stage.figure.shown else y)
    for i in hidden:
        _hidden(wall, i, wall.stages[i], top + 16, (top + 112) if wall.stages[i].others else max(bottom, top + 114))
    return bottom + 24


def _shown(wall: Wall, i: int, stage: StageReading, top: float) -> float:
    """Figure and margin, bar, people, other scales; gives the last baseline."""
    sheet, figure, gauge, theme, words = wall.sheet, stage.figure, wall.gauge, wall.theme, wall.words
    left = wall.columns.left(i)
    mood = figure.mood(gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    taken = 7 + sheet.text(left - 1, top + 46, gauge.figure(figure.value, words), wall.type.figure, colour)
    room = wall.columns.column - taken - _pill(wall, i, stage, top) - AIR
    below = [_people(wall, figure)]
    margin = gauge.margin(figure.value, figure.low, figure.high, words)
    if (width := sheet.width(margin, wall.type.lead)) <= room:
        sheet.text(left + taken, top + 46, margin, wall.type.lead, theme.quiet)
        room -= width
    else:
        below.insert(0, [(margin, wall.type.small, theme.quiet)])
    quiet = "" if real_change(stage) or not figure.judged else quiet_change(stage, words)
    if quiet and sheet.width(quiet, wall.type.small) <= room:
        sheet.text(wall.columns.right(i), top + 46, quiet, wall.type.small, theme.quiet, align=Align.RIGHT)
    elif quiet:
        below.append([(quiet, wall.type.small, theme.quiet)])
    range_bar(sheet, Box(left, top + 69.5, wall.columns.column, 13), gauge, stage)
    y = top + 114 - LINE
    for pieces in below:
        y = _line(wall, i, pieces, y + LINE)
    return _others(wall, i, stage, y + LINE)


def _pill(wall: Wall, i: int, stage: StageReading, top: float) -> float:
    """A pill at the right of the figure, only for a real change; gives its width."""
    if not stage.figure.judged or not real_change(stage):
        return 0.0
    better = stage.look.change.direction is ChangeDirection.BETTER
    text = change_words(stage.look.change, wall.reading.look.scale, wall.gauge, wall.words)
    fill, icon = (wall.theme.better, "up") if better else (wall.theme.accent, "down")
    end = (wall.columns.right(i), top + 38)
    return pill(wall.sheet, end, text, wall.type.small_strong, fill=fill, icon=icon)


def _people(wall: Wall, figure: FigureReading) -> list[Piece]:
    theme, small = wall.theme, wall.type.small
    if figure.knowledge is Knowledge.GREY:
        answers, missing = missing_words(wall.reading, figure, wall.words)
        return [(f"{answers}, {missing}" if missing else answers, small, theme.on_grey)]
    people, answers = audience_words(figure, wall.words)
    return [(f"{people} · {answers}" if answers else people, small, theme.quiet)]


def _line(wall: Wall, i: int, pieces: list[Piece], y: float) -> float:
    """A piece that is longer than the column goes on below; gives the last baseline."""
    text, style, colour = pieces[0]
    lines = wall.sheet.paragraph(wall.columns.left(i), y, text, style, colour, room=wall.columns.column, most=2)
    return y + (lines - 1) * style.line


def _others(wall: Wall, i: int, stage: StageReading, y: float) -> float:
    """The other scales that were asked, beside each other while there is room; gives the last baseline."""
    x, right = wall.columns.left(i), wall.columns.right(i)
    at, last = x, y - LINE
    for scale, figure in stage.others:
        pieces = _other(wall, scale, figure)
        width = wall.sheet.run_width(pieces)
        if at > x and at + width > right:
            at, y = x, y + LINE
        at += wall.sheet.run(at, y, pieces) + 18
        last = y
    return last


def _other(wall: Wall, scale: Scale, figure: FigureReading) -> list[Piece]:
    gauge, small = GAUGES[scale], wall.type.small
    colour = wall.theme.ink if figure.judged else wall.theme.on_grey
    margin = gauge.margin(figure.value, figure.low, figure.high, wall.words)
    return [
        (wall.words(f"map.short.{scale.value}") + " ", small, wall.theme.quiet),
        (gauge.figure(figure.value, wall.words), wall.type.small_strong, colour),
        (f" {margin}", small, wall.theme.quiet),
    ]


def _hidden(wall: Wall, i: int, stage: StageReading, top: float, bottom: float) -> None:
    """A hatched cell with a card that says what is missing."""
    sheet, theme = wall.sheet, wall.theme
    wall.unknown(i, top, bottom)
    first, second = missing_words(wall.reading, stage.figure, wall.words)
    lock = 24 if stage.figure.knowledge is Knowledge.WITHHELD else 0
    room = wall.columns.column - 56
    width = max(sheet.width(first, wall.type.strong) + lock, sheet.width(second, wall.type.body))
    middle, y = wall.columns.middle(i), (top + bottom) / 2
    card = Box(middle - min(width, room) / 2 - 16, y - CARD / 2, min(width, room) + 32, CARD)
    sheet.box(card, 10, theme.grey)
    if lock:
        sheet.icon(
            "lock",
            middle - (sheet.width(first, wall.type.strong) + lock) / 2 + 8,
            y - 11,
            17,
            theme.on_grey,
            weight=2.2,
        )
    sheet.text(
        middle + lock / 2,
        y + (-5 if second else 6),
        first,
        wall.type.strong,
        theme.on_grey,
        align=Align.CENTRE,
        room=room - lock,
    )
    sheet.text(middle, y + 19, second, wall.type.body, theme.on_grey, align=Align.CENTRE, room=room)
