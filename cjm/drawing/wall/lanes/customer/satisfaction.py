"""The lane of satisfaction: the headline figure with interval, n and change; the other scales in small below."""

from cjm.drawing.canvas import Align, StyledText
from cjm.drawing.captions import (
    audience_text,
    change_note,
    change_text,
    has_real_change,
    keep_together,
    missing_answers_text,
    no_change_text,
)
from cjm.drawing.gauge import GAUGES
from cjm.drawing.marks import draw_badge, draw_interval_bar
from cjm.drawing.presentation import FigurePresentation, FigureStatus, MapPresentation, StagePresentation
from cjm.drawing.primitives import Box
from cjm.drawing.wall.cells import Cell
from cjm.drawing.wall.page import AIR, WallLayout
from cjm.drawing.wall.target_marks import write_targets
from cjm.figures.journey_map import ChangeDirection
from cjm.figures.map_parts.targets import TargetSubject
from cjm.scales import Scale
from cjm.wording.figure_words import figure_text

LINE = 25  # from one small line to the next
CARD = 64  # height of the card on a hatched cell
NOTE_AIR = 5  # above a note on a change, and above each of the other scales, which may take several lines
BADGE_AIR = 14  # between the interval and the badge


def has_satisfaction(presentation: MapPresentation) -> bool:
    return not presentation.is_empty


def draw_satisfaction(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw a figure or a hatched cell for each stage; return where the next lane begins."""
    bottom = name_bottom
    for i, stage in enumerate(wall.stages):
        if stage.headline.is_visible:
            bottom = max(bottom, _draw_score(wall, i, stage, top))
        else:
            bottom = max(bottom, _draw_targets(wall, i, top, _draw_other_scales(wall, i, stage, top + 114 + LINE)))
    # Hatched cells come last: without other scales below them they are as high as the whole lane.
    for i, stage in enumerate(wall.stages):
        if not stage.headline.is_visible:
            is_alone = not stage.other_scales and not any(t.subject is TargetSubject.SCORE for t in stage.targets)
            cell_bottom = max(bottom, top + 116) if is_alone else top + 114
            _draw_missing_card(wall, i, stage, top + 16, cell_bottom)
    return bottom + AIR


def _draw_score(wall: WallLayout, i: int, stage: StagePresentation, top: float) -> float:
    """Draw figure and margin, bar, people and other scales; return the last baseline."""
    canvas, figure, gauge, theme, words = wall.canvas, stage.headline, wall.gauge, wall.theme, wall.words
    left = wall.columns.left_edge(i)
    mood = figure.mood(gauge)
    colour = theme.on_grey if mood is None else theme.mood_texts[mood]
    taken = 7 + canvas.text(
        left - 1, top + 46, gauge.format_figure(figure.value, words), wall.typography.figure, colour
    )
    room = wall.columns.column_width - taken - _draw_badge(wall, i, stage, top) - BADGE_AIR
    # Below the figure, in this order: the interval if it does not fit beside it, people, "no real change" likewise.
    below = [_people_pieces(wall, figure)]
    margin = gauge.format_margin(figure.value, figure.low, figure.high, words)
    if (width := canvas.text_width(margin, wall.typography.lead)) <= room:
        canvas.text(left + taken, top + 46, margin, wall.typography.lead, theme.quiet)
        room -= width
    else:
        below.insert(0, [(margin, wall.typography.small, theme.quiet)])
    plain = "" if has_real_change(stage) or not figure.is_judged else no_change_text(stage, words)
    if plain and canvas.text_width(plain, wall.typography.small) <= room:
        canvas.text(wall.columns.right_edge(i), top + 46, plain, wall.typography.small, theme.quiet, align=Align.RIGHT)
    elif plain:
        below.append([(plain, wall.typography.small, theme.quiet)])
    draw_interval_bar(canvas, Box(left, top + 69.5, wall.columns.column_width, 13), gauge, stage)
    y = top + 114 - LINE
    for pieces in below:
        y = _draw_line(wall, i, pieces, y + LINE)
    if note := change_note(stage, words):
        y = _draw_line(wall, i, [(note, wall.typography.small, theme.ink)], y + LINE + NOTE_AIR)
    return _draw_targets(wall, i, top, _draw_other_scales(wall, i, stage, y + LINE))


def _draw_targets(wall: WallLayout, i: int, top: float, y: float) -> float:
    """Draw the targets of scores with their outcomes; return the last baseline."""
    cell = Cell(wall, i, top)
    cell.y = y
    write_targets(cell, TargetSubject.SCORE, above=LINE + NOTE_AIR)
    return cell.y


def _draw_badge(wall: WallLayout, i: int, stage: StagePresentation, top: float) -> float:
    """Draw a badge at the right of the figure, only for a proven change; return its width."""
    if not stage.headline.is_judged or not has_real_change(stage):
        return 0.0
    better = stage.figures.change.direction is ChangeDirection.BETTER
    text = change_text(stage, wall.presentation.journey_map.scale, wall.words)
    fill, icon = (wall.theme.better, "up") if better else (wall.theme.accent, "down")
    end = (wall.columns.right_edge(i), top + 38)
    return draw_badge(wall.canvas, end, text, wall.typography.small_strong, fill=fill, icon=icon)


def _people_pieces(wall: WallLayout, figure: FigurePresentation) -> list[StyledText]:
    theme, small = wall.theme, wall.typography.small
    if figure.status is FigureStatus.GREY:
        answers, missing = missing_answers_text(wall.presentation, figure, wall.words)
        return [(f"{answers}, {missing}" if missing else answers, small, theme.on_grey)]
    people, answers = audience_text(wall.presentation, figure, wall.words)
    return [(f"{people} · {answers}" if answers else people, small, theme.quiet)]


def _draw_line(wall: WallLayout, i: int, pieces: list[StyledText], y: float) -> float:
    """Draw a line that goes on below where it is wider than the column; return the last baseline."""
    text, style, colour = pieces[0]
    lines = wall.canvas.paragraph(
        wall.columns.left_edge(i), y, text, style, colour, max_width=wall.columns.column_width, max_lines=5
    )
    return y + (lines - 1) * style.line


def _draw_other_scales(wall: WallLayout, i: int, stage: StagePresentation, y: float) -> float:
    """Draw the other scales below each other, each in words with its interval and n; return the last baseline."""
    y -= LINE
    for scale, figure in stage.other_scales:
        colour = wall.theme.ink if figure.is_judged else wall.theme.on_grey
        pieces: list[StyledText] = [(_other_scale_text(wall, scale, figure), wall.typography.small, colour)]
        y = _draw_line(wall, i, pieces, y + LINE + NOTE_AIR)
    return y


def _other_scale_text(wall: WallLayout, scale: Scale, figure: FigurePresentation) -> str:
    interval = GAUGES[scale].format_interval(figure.low, figure.high, wall.words)
    people, _ = audience_text(wall.presentation, figure, wall.words)
    return f"{figure_text(scale, figure.value, wall.words)}, {interval}, {keep_together(people)}"


def _draw_missing_card(wall: WallLayout, i: int, stage: StagePresentation, top: float, bottom: float) -> None:
    """Draw a hatched cell with a card that tells how many answers are missing."""
    canvas, theme = wall.canvas, wall.theme
    wall.draw_unjudged_cell(i, top, bottom)
    first, second = missing_answers_text(wall.presentation, stage.headline, wall.words)
    lock = 24 if stage.headline.status is FigureStatus.WITHHELD else 0
    room = wall.columns.column_width - 56
    width = max(
        canvas.text_width(first, wall.typography.strong) + lock, canvas.text_width(second, wall.typography.body)
    )
    middle, y = wall.columns.centre(i), (top + bottom) / 2
    card = Box(middle - min(width, room) / 2 - 16, y - CARD / 2, min(width, room) + 32, CARD)
    canvas.box(card, 10, theme.grey)  # plain ground: words on hatching are hard to read
    if lock:
        canvas.icon(
            "lock",
            middle - (canvas.text_width(first, wall.typography.strong) + lock) / 2 + 8,
            y - 11,
            17,
            theme.on_grey,
            weight=2.2,
        )
    canvas.text(
        middle + lock / 2,
        y + (-5 if second else 6),
        first,
        wall.typography.strong,
        theme.on_grey,
        align=Align.CENTRE,
        max_width=room - lock,
    )
    canvas.text(middle, y + 19, second, wall.typography.body, theme.on_grey, align=Align.CENTRE, max_width=room)
