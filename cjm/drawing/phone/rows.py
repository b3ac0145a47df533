"""A row a stage: title and verdict, figure and evidence, then the causes. A row is as high as what it says."""

from collections.abc import Callable
from dataclasses import dataclass

from cjm.drawing.canvas import Align, Piece
from cjm.drawing.parts import (
    audience_words,
    change_words,
    missing_words,
    pill,
    pill_width,
    quiet_change,
    quoted,
    range_bar,
    real_change,
)
from cjm.drawing.phone.page import INDENT, LEFT, RIGHT, Page
from cjm.drawing.primitives import Box
from cjm.drawing.reading import Knowledge, StageReading, TouchpointReading
from cjm.drawing.symbols import channel_symbol
from cjm.drawing.theme import TypeStyle
from cjm.drawing.typeset import fit
from cjm.figures.journey_map import Barrier, ChangeDirection, Voice

BAR_LEFT = LEFT + 176
TEXT = LEFT + INDENT
ROOM = RIGHT - LEFT
VERDICT_LINE = 52  # of a verdict that stands below a long title
STEP = 50  # from one line of causes to the next


@dataclass(frozen=True, slots=True)
class StageRow:
    """Where a stage's row lies, and at what height its face."""

    top: float
    bottom: float
    face: float
    tinted: bool


def row(page: Page, stage: StageReading, top: float) -> StageRow:
    y = _title(page, stage, top)
    if page.reading.empty:
        face = top + 84
    elif stage.figure.shown:
        face, y = _evidence(page, stage, y)
    else:
        face, y = _nothing_to_show(page, stage, y)
    y = _causes(page, stage, y)
    return StageRow(top, max(y + 34, face + 92), face, stage.weakest)


def _title(page: Page, stage: StageReading, top: float) -> float:
    """Title and, at its right, the verdict; below a title that needs the room. Gives the last baseline."""
    y = top + 56
    verdict = _verdict(page, stage)
    beside = ROOM - (verdict.width + 28 if verdict else 0)
    style, title = page.type.stage, stage.look.title
    lines = page.sheet.lines(title, style, beside, most=4)
    long = len(lines) > 2
    if long:
        style = page.type.stage_long
        lines = page.sheet.lines(title, style, ROOM, most=4)
    for i, line in enumerate(lines):
        page.sheet.text(LEFT - 1, y + i * style.line, line, style, page.theme.ink)
    below = y + (len(lines) - 1) * style.line
    if not verdict:
        return below
    if not long:
        verdict.put(y)
        return below
    verdict.put(below + VERDICT_LINE)
    return below + VERDICT_LINE


@dataclass(frozen=True, slots=True)
class ChangePill:
    """What became of a stage, at the right of a line: ``put`` takes the line's baseline."""

    width: float
    put: Callable[[float], float]


def _verdict(page: Page, stage: StageReading) -> ChangePill | None:
    """A pill only for a real change, quiet words otherwise."""
    sheet, change = page.sheet, stage.look.change
    if not stage.figure.judged:
        return None
    if real_change(stage):
        better = change.direction is ChangeDirection.BETTER
        text = change_words(change, page.reading.look.scale, page.gauge, page.words)
        fill, icon = (page.theme.better, "up") if better else (page.theme.accent, "down")
        style = page.type.strong
        width = pill_width(sheet, text, style, icon)
        return ChangePill(width, lambda y: pill(sheet, (RIGHT, y - 13), text, style, fill=fill, icon=icon))
    quiet, body = fit(quiet_change(stage, page.words), ROOM, page.type.body, sheet.measure), page.type.body
    if not quiet:
        return None
    return ChangePill(
        sheet.width(quiet, body), lambda y: sheet.text(RIGHT, y, quiet, body, page.theme.quiet, align=Align.RIGHT)
    )


def _evidence(page: Page, stage: StageReading, y: float) -> tuple[float, float]:
    """Figure, bar, interval and people. Gives the height of the face and the last baseline."""
    sheet, figure, gauge, theme = page.sheet, stage.figure, page.gauge, page.theme
    mood = figure.mood(gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    width = sheet.text(LEFT - 3, y + 84, gauge.figure(figure.value, page.words), page.type.figure, colour)
    left = max(BAR_LEFT, LEFT + width + 28)
    range_bar(sheet, Box(left, y + 33, RIGHT - left, 22), gauge, stage)
    y += 110
    interval = sheet.text(left, y, gauge.interval(figure.low, figure.high, page.words), page.type.body, theme.quiet)
    if figure.knowledge is Knowledge.GREY:
        answers, missing = missing_words(page.reading, figure, page.words)
        sheet.text(RIGHT, y, answers, page.type.body, theme.quiet, align=Align.RIGHT, room=RIGHT - left - interval - 24)
        if missing:
            y += STEP
            sheet.text(LEFT, y, missing, page.type.name, theme.on_grey, room=RIGHT - LEFT)
    else:
        people, answers = audience_words(figure, page.words)
        both = f"{people} · {answers}" if answers else people
        room = RIGHT - left - interval - 24
        if sheet.width(both, page.type.body) > room:
            both = people
        sheet.text(RIGHT, y, both, page.type.body, theme.quiet, align=Align.RIGHT, room=room)
    return y - 30 - (STEP if figure.knowledge is Knowledge.GREY else 0), y


def _nothing_to_show(page: Page, stage: StageReading, y: float) -> tuple[float, float]:
    """A hatched strip that says what is missing."""
    sheet, theme, style = page.sheet, page.theme, page.type.name
    withheld = stage.figure.knowledge is Knowledge.WITHHELD
    text = ", ".join(part for part in missing_words(page.reading, stage.figure, page.words) if part)
    inset = 46 if withheld else 0
    lines = sheet.lines(text, style, RIGHT - LEFT - 60 - inset, most=2)
    strip = Box(LEFT, y + 24, RIGHT - LEFT, 70 + (len(lines) - 1) * style.line)
    sheet.hatch(strip, 20, 16, 3)
    wide = max(sheet.width(line, style) for line in lines)
    sheet.box(Box(LEFT + 12, strip.y + 10, wide + inset + 28, strip.height - 20), 14, theme.grey)
    if withheld:
        sheet.icon("lock", LEFT + 42, strip.y + 35, 32, theme.on_grey)
    for i, line in enumerate(lines):
        sheet.text(LEFT + 26 + inset, strip.y + 47 + i * style.line, line, style, theme.on_grey)
    return strip.y + 35, strip.bottom - 2


def _causes(page: Page, stage: StageReading, y: float) -> float:
    """The weakest touchpoint, the top barrier, a voice; where nothing is judged yet, what the stage is about."""
    weakest = stage.telling[0] if stage.telling else None
    y = _touchpoint(page, stage, weakest, y + STEP + 4) if weakest else _outlook(page, stage, y)
    if stage.barriers:
        y = _barrier(page, stage.barriers[0], y + STEP)
    if stage.voices:
        y = _voice(page, stage.voices[0], y + STEP)
    return y


def _outlook(page: Page, stage: StageReading, y: float) -> float:
    """The customer's goal and the touchpoints as they were declared."""
    if stage.look.goal and not stage.figure.n:
        y += STEP
        lines = page.sheet.paragraph(LEFT, y, stage.look.goal, page.type.body, page.theme.quiet, room=RIGHT - LEFT)
        y += (lines - 1) * page.type.body.line
    shown = stage.touchpoints[:3]
    for touchpoint in shown:
        y = _touchpoint(page, stage, touchpoint, y + STEP)
    if more := len(stage.touchpoints) - len(shown):
        y += STEP
        page.sheet.text(TEXT, y, page.words("map.more", n=more), page.type.body, page.theme.quiet, room=RIGHT - TEXT)
    return y


def _touchpoint(page: Page, stage: StageReading, touchpoint: TouchpointReading, y: float) -> float:
    """Icon, name, star and figure; that it is the weakest is said where there are others."""
    sheet, theme, look = page.sheet, page.theme, touchpoint.look
    known = touchpoint.figure.judged or page.reading.empty
    colour = theme.ink if known else theme.on_grey
    sheet.icon(channel_symbol(look.channel), LEFT + 18, y - 12, 38, colour)
    end = RIGHT - _standing(page, touchpoint, y, silent=not stage.figure.n) - 24
    left: float = TEXT
    star = 52 if look.moment_of_truth else 0
    if len(stage.telling) > 1:
        label = page.words("map.weakest")
        width = sheet.text(left, y, label, page.type.body, theme.quiet, room=end - left) + 16
        if sheet.width(look.title, page.type.name) <= end - left - width - star:
            left += width
        else:
            y, end = y + page.type.name.line, RIGHT
    lines = sheet.lines(look.title, page.type.name, end - left - star, most=2)
    width = 0.0
    for i, line in enumerate(lines):
        width = sheet.text(left, y + i * page.type.name.line, line, page.type.name, colour)
    y += (len(lines) - 1) * page.type.name.line
    if star:
        sheet.star(left + width + 32, y - 13, 19)
    return y


def _standing(page: Page, touchpoint: TouchpointReading, y: float, *, silent: bool) -> float:
    """What is known of a touchpoint, at the right; gives its width. ``silent`` about one that nobody answered."""
    sheet, theme, words, figure = page.sheet, page.theme, page.words, touchpoint.figure
    body: TypeStyle = page.type.body
    if figure.knowledge is Knowledge.NONE:
        if silent:
            return 0.0
        return sheet.text(RIGHT, y, words("map.none"), body, theme.on_grey, align=Align.RIGHT)
    if figure.knowledge is Knowledge.WITHHELD:
        width = sheet.text(RIGHT, y, words("map.withheld"), body, theme.on_grey, align=Align.RIGHT)
        sheet.icon("lock", RIGHT - width - 28, y - 13, 34, theme.on_grey)
        return width + 48
    mood, sure = figure.mood(page.gauge), figure.sure(page.gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    of = (
        words("map.of", n=words.number(figure.n))
        if page.gauge.spec.is_percent
        else f"· {words('map.answers', n=figure.n)}"
    )
    pieces: list[Piece] = [
        (page.gauge.figure(figure.value, words), page.type.strong, colour),
        (f" {of}", body, theme.quiet),
    ]
    width = sheet.run(RIGHT, y, pieces, align=Align.RIGHT)
    if mood is None or not sure:
        sheet.face(RIGHT - width - 32, y - 12, 19, mood, sure=sure)
        width += 56
    return width


def _barrier(page: Page, barrier: Barrier, y: float) -> float:
    sheet, theme = page.sheet, page.theme
    sheet.icon("barrier", LEFT + 18, y - 12, 38, theme.ink)
    count = page.words("map.times", count=page.words.number(barrier.n))
    taken = sheet.text(RIGHT, y, count, page.type.name, theme.ink, align=Align.RIGHT)
    lines = sheet.paragraph(TEXT, y, barrier.theme, page.type.body, theme.ink, room=RIGHT - TEXT - taken - 24, most=2)
    return y + (lines - 1) * page.type.body.line


def _voice(page: Page, voice: Voice, y: float) -> float:
    sheet, style = page.sheet, page.type.quote
    lines = sheet.paragraph(TEXT, y, quoted(voice.text, page.words), style, page.theme.quiet, room=RIGHT - TEXT)
    height = 38 + (lines - 1) * style.line
    sheet.box(
        Box(LEFT + 15, y - 30, 5, height), 2.5, page.theme.ghost if voice.mood is None else page.theme.moods[voice.mood]
    )
    return y + (lines - 1) * style.line
