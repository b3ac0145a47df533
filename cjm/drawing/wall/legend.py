"""The foot of the wall: the meaning of the marks that occur on it."""

from functools import partial

from cjm.drawing.captions import grey_text
from cjm.drawing.kinds.other_side import side_entries
from cjm.drawing.kinds.plans import plan_entries
from cjm.drawing.legend_entries import (
    LegendEntry,
    draw_legend_entries,
    face_symbol,
    interval_symbol,
    legend_width,
    needs_grey_entry,
)
from cjm.drawing.presentation import present_score
from cjm.drawing.primitives import Box, Stroke
from cjm.drawing.wall.page import WALL_MARGIN, WallLayout
from cjm.drawing.wall.target_marks import outcome_colour, outcome_symbol
from cjm.figures.map_parts.targets import TargetOutcome

LINE = 33  # pixels from one baseline to the next
GAP = 28  # pixels between two entries
TOP_GAP = 13  # pixels between the lanes and the legend


def draw_legend(wall: WallLayout, top: float) -> float:
    """Draw the legend; return its last baseline."""
    small, width = wall.typography.small, wall.columns.content_right - WALL_MARGIN
    y = top + TOP_GAP
    marks, moods = _mark_entries(wall), _mood_entries(wall)
    # Marks and moods share a line where they fit: a legend of one line less leaves more of the screen to the map.
    fits_in_one_line = legend_width(wall.canvas, [*marks, *moods], small, GAP) <= width
    groups = [[*marks, *moods]] if fits_in_one_line else [marks, moods]
    for group in (*groups, _unjudged_entries(wall)):
        if group:
            y = draw_legend_entries(wall.canvas, group, Box(WALL_MARGIN, y + LINE, width, 0), small, gap=GAP, line=LINE)
    if sentences := " ".join(_sentences(wall)):
        lines = wall.canvas.paragraph(
            WALL_MARGIN, y + LINE, sentences, small, wall.theme.quiet, max_width=width, max_lines=7
        )
        y += LINE + (lines - 1) * small.line
    return y


def _mark_entries(wall: WallLayout) -> list[LegendEntry]:
    canvas, theme, words = wall.canvas, wall.theme, wall.words
    shown = [stage for stage in wall.stages if stage.headline.is_visible]
    entries = []
    if shown:
        entries.append(LegendEntry(34, interval_symbol(canvas, 34), words("map.legend.interval")))
    entries += side_entries(canvas, wall.presentation, words, 44)
    if any(stage.before is not None for stage in shown):

        def draw_before(x: float, y: float) -> None:
            canvas.line(((x, y), (x + 30, y)), Stroke(theme.ghost, 2.4, (2, 5)))
            canvas.line(((x + 42, y - 5), (x + 42, y + 5)), Stroke(theme.ghost, 3.4))

        entries.append(LegendEntry(44, draw_before, words("map.legend.before")))
    if wall.presentation.has_visible_figure and any(stage.figures.target is not None for stage in wall.stages):
        stroke = Stroke(theme.ink, 1.6, (6, 5), round=False)
        entries.append(
            LegendEntry(30, lambda x, y: canvas.line(((x, y), (x + 30, y)), stroke), words("map.legend.target"))
        )
    if any(stage.is_weakest for stage in wall.stages):

        def draw_weakest(x: float, y: float) -> None:
            canvas.box(Box(x, y - 8, 30, 16), 5, theme.tint, Stroke(theme.accent, 1.2))

        entries.append(LegendEntry(30, draw_weakest, words("map.legend.weakest")))
    if "star" in canvas.icon_names():
        entries.append(LegendEntry(19, lambda x, y: canvas.star(x + 9, y, 9.5), words("map.legend.moment")))
    return entries + plan_entries(canvas, wall.presentation, words, 34) + _symbol_entries(wall)


def _symbol_entries(wall: WallLayout) -> list[LegendEntry]:
    """Return the marks of targets, guesses and hand-overs that occur."""
    theme = wall.theme
    words = wall.words
    marks = [
        *((outcome_symbol(o), outcome_colour(o, theme), words(f"map.legend.target.{o.value}")) for o in TargetOutcome),
        ("assumed", theme.quiet, words("map.legend.assumed")),
        ("handover", theme.quiet, words("map.legend.handover")),
    ]
    found = wall.canvas.icon_names()
    return [
        LegendEntry(20, partial(_draw_symbol, wall, name, colour), text)
        for name, colour, text in marks
        if name in found
    ]


def _draw_symbol(wall: WallLayout, name: str, colour: str, x: float, y: float) -> None:
    wall.canvas.icon(name, x + 10, y, 19, colour)


def _unjudged_entries(wall: WallLayout) -> list[LegendEntry]:
    canvas, words, journey_map = wall.canvas, wall.words, wall.presentation.journey_map
    entries = []
    if canvas.has_striped_face():
        entries.append(LegendEntry(22, face_symbol(canvas, 11, 2, is_certain=False), words("map.legend.striped")))
    if needs_grey_entry(canvas, wall.presentation):
        entries.append(
            LegendEntry(
                30,
                lambda x, y: canvas.hatch(Box(x, y - 9, 30, 18), 5, 7, 1.5),
                grey_text(wall.presentation, words),
            )
        )
    if "lock" in canvas.icon_names():
        entries.append(
            LegendEntry(
                16,
                lambda x, y: canvas.icon("lock", x + 8, y - 1, 17, wall.theme.on_grey, weight=2.2),
                words("map.legend.withheld", n=journey_map.minimum),
            )
        )
    return entries


def _mood_entries(wall: WallLayout) -> list[LegendEntry]:
    if not any(stage.has_judged_figure for stage in wall.stages):
        return []
    return [
        LegendEntry(22, face_symbol(wall.canvas, 11, mood), text)
        for mood, text in enumerate(wall.gauge.mood_range_texts(wall.words))
    ]


def _sentences(wall: WallLayout) -> list[str]:
    words = wall.words
    sentences = []
    if wall.presentation.comparison is not None:
        sentences.append(words("map.legend.change"))
    if any(len(run) > 1 for run in wall.presentation.judged_runs()):
        sentences.append(words("map.legend.line"))
    # The last stage has no joint to a next one, on which its conversion would stand.
    if any(present_score(stage.figures.conversion).is_visible for stage in wall.stages[:-1]):
        sentences.append(words("map.legend.conversion"))
    if any(stage.figures.on_the_way for stage in wall.stages):
        sentences.append(words("map.legend.on_the_way"))
    if any(stage.figures.walks for stage in wall.stages):
        sentences.append(words("map.legend.walks"))
    return sentences
