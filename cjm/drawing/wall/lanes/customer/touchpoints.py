"""The lane of touchpoints: channel, name, moment of truth, how many answered and the face."""

from cjm.drawing.canvas import Align
from cjm.drawing.kinds.plans import PlanStyle, draw_plan, list_plans, list_present_touchpoints
from cjm.drawing.presentation import FigureStatus, MapPresentation, TouchpointPresentation
from cjm.drawing.shapes.symbols import channel_symbol
from cjm.drawing.wall.cells import INDENT
from cjm.drawing.wall.page import AIR, BASELINE, WallLayout
from cjm.wording.count_words import bare_count_text

MOST_TOUCHPOINTS = 10  # of a stage; the others are counted
MOST_LINES = 6  # of a name: 60 letters beside a figure in a slim column
ROW = 34


def has_touchpoints(presentation: MapPresentation) -> bool:
    return any(stage.touchpoints or list_plans(presentation, stage) for stage in presentation.stages)


def draw_touchpoints(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw up to ``MOST_TOUCHPOINTS`` of each stage; return where the next lane begins."""
    bottom, plan = name_bottom, PlanStyle(wall.typography.body, wall.typography.small, detail=24)
    for i, stage in enumerate(wall.stages):
        y = top + float(BASELINE)
        present = list_present_touchpoints(wall.whole, stage)
        shown = present[:MOST_TOUCHPOINTS]
        for touchpoint in shown:
            y = _draw_touchpoint(wall, i, touchpoint, y) + ROW
        if more := len(present) - len(shown):
            x = wall.columns.left_edge(i) + INDENT
            wall.canvas.text(
                x,
                y,
                wall.words("map.more", n=more),
                wall.typography.small,
                wall.theme.quiet,
                max_width=wall.columns.column_width - INDENT,
            )
            y += ROW
        for typed in list_plans(wall.whole, stage)[:MOST_TOUCHPOINTS]:
            y = draw_plan(wall.canvas, typed, wall.words, wall.columns.left_edge(i), y, wall.columns.column_width, plan)
            y += ROW + 6
        bottom = max(bottom, y - ROW)
    return bottom + AIR


def _draw_touchpoint(wall: WallLayout, i: int, touchpoint: TouchpointPresentation, y: float) -> float:
    """Draw one touchpoint; return the last baseline."""
    canvas, figures, left = wall.canvas, touchpoint.figures, wall.columns.left_edge(i)
    known = touchpoint.headline.is_judged or (wall.whole.is_empty and not touchpoint.headline.n)
    # Grey names are touchpoints without a judged figure; on a map without any answers that would be all of them.
    colour = wall.theme.ink if known else wall.theme.on_grey
    canvas.icon(channel_symbol(figures.channel), left + 10, y - 6, 21, colour)
    star = 28 if figures.moment_of_truth else 0
    silent = not wall.stages[i].headline.n
    standing = _draw_touchpoint_score(wall, touchpoint, wall.columns.right_edge(i), y, silent=silent)
    room = wall.columns.column_width - INDENT - standing - 12 - star
    lines = canvas.wrap(figures.title, wall.typography.body, room, MOST_LINES)
    width = canvas.lines(left + INDENT, y, lines, wall.typography.body, colour)
    y += (len(lines) - 1) * wall.typography.body.line
    if star:
        canvas.star(left + INDENT + width + 16, y - 6, 9.5)
    return y


def _draw_touchpoint_score(
    wall: WallLayout, touchpoint: TouchpointPresentation, right: float, y: float, *, silent: bool
) -> float:
    """Draw n and the face; return the width. A lock without n means that it is withheld.

    ``silent`` leaves out the zero where the whole stage has no answers and says so already.
    """
    canvas, theme, headline = wall.canvas, wall.theme, touchpoint.headline
    small = wall.typography.small
    if headline.status is FigureStatus.NONE:
        if silent:
            return 0.0
        return 27 + canvas.text(right - 27, y, wall.words.number(0), small, theme.on_grey, align=Align.RIGHT)
    if headline.status is FigureStatus.WITHHELD:
        canvas.icon("lock", right - 9, y - 6.5, 17, theme.on_grey, weight=2.2)
        return 22
    canvas.face(right - 9, y - 5.5, 9.5, headline.mood(wall.gauge), is_certain=headline.is_certain(wall.gauge))
    count = bare_count_text(headline.n, headline.n_is, wall.words)
    return 27 + canvas.text(right - 27, y, count, small, theme.quiet, align=Align.RIGHT)
