"""The lane of flow: who goes on, how long it takes, and how many are still on the way. All of it counts walks."""

from cjm.drawing.captions import keep_together
from cjm.drawing.presentation import MapPresentation, StagePresentation, present_score
from cjm.drawing.theme import FontStyle
from cjm.drawing.wall.page import INDENT, WallLayout
from cjm.figures.journey_map import StageTime
from cjm.wording.flow_words import median_interval_text, slowest_text

ROW, NEXT = 23, 29  # from one line to the next, within one figure and between two


def has_flow(presentation: MapPresentation) -> bool:
    return any(_has_figures(stage) for stage in presentation.stages)


def _has_figures(stage: StagePresentation) -> bool:
    conversion = present_score(stage.figures.conversion)
    return bool(stage.figures.time or stage.figures.on_the_way or conversion.is_visible)


def draw_flow(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw conversion, median and 90th percentile of the time, each with n, and the number still on the way."""
    bottom = name_bottom
    for i, stage in enumerate(wall.stages):
        if _has_figures(stage):
            bottom = max(bottom, _draw_flow_cell(wall, i, stage, top + 34))
        else:
            wall.draw_empty_cell(i, top + 34)
    return bottom + 24


def _draw_flow_cell(wall: WallLayout, i: int, stage: StagePresentation, y: float) -> float:
    """Draw the flow of one stage; return the last baseline."""
    theme, words = wall.theme, wall.words
    conversion = present_score(stage.figures.conversion)
    if conversion.is_visible:
        text = words("map.flow.go_on", share=words.percent(conversion.value / 100))
        interval = f"{words.number(conversion.low)}–{words.percent(conversion.high / 100)}"
        colour = theme.ink if conversion.is_judged else theme.on_grey
        y = _draw_row(wall, i, "next", (text, wall.typography.strong, colour), y)
        y = _draw_detail(wall, i, f"{interval}, {keep_together(words('map.walks', n=conversion.n))}", y + ROW) + NEXT
    if stage.figures.time:
        y = _draw_time(wall, i, stage.figures.time, y) + NEXT
    if stage.figures.on_the_way:
        text = words("map.flow.on_the_way", n=stage.figures.on_the_way)
        y = _draw_row(wall, i, "walking", (text, wall.typography.small, theme.quiet), y) + NEXT
    return y - NEXT


def _draw_time(wall: WallLayout, i: int, time: StageTime, y: float) -> float:
    """Draw the median with its interval and n, then the time that is enough for most; return the last baseline."""
    words, theme = wall.words, wall.theme
    if time.median_s is None:  # fewer than half went on
        y = _draw_row(wall, i, "clock", (words("map.flow.waiting"), wall.typography.body, theme.quiet), y)
    else:
        y = _draw_row(wall, i, "clock", (words.short_duration(time.median_s), wall.typography.strong, theme.ink), y)
    walks = keep_together(words("map.walks", n=time.n)) if time.n else ""
    for text in (", ".join(filter(None, (median_interval_text(time, words), walks))), slowest_text(time, words)):
        if text:
            y = _draw_detail(wall, i, text, y + ROW)
    return y


def _draw_row(wall: WallLayout, i: int, icon: str, text: tuple[str, FontStyle, str], y: float) -> float:
    """Draw a symbol and a line beside it; return the last baseline."""
    left = wall.columns.left_edge(i)
    wall.canvas.icon(icon, left + 10, y - 6, 19, wall.theme.quiet)
    words, style, colour = text
    room = wall.columns.column_width - INDENT
    lines = wall.canvas.paragraph(left + INDENT, y, words, style, colour, max_width=room, max_lines=2)
    return y + (lines - 1) * style.line


def _draw_detail(wall: WallLayout, i: int, text: str, y: float) -> float:
    """Draw a small text below a figure, in two lines if it needs them; return the last baseline."""
    style, left = wall.typography.small, wall.columns.left_edge(i) + INDENT
    room = wall.columns.column_width - INDENT
    lines = wall.canvas.paragraph(left, y, text, style, wall.theme.quiet, max_width=room, max_lines=2)
    return y + (lines - 1) * style.line
