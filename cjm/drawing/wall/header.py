"""The head of the wall.

Title, purpose, scenario, the sentence that matters and targets stand at the left, period and counts at the right, notes
below.
"""

from cjm.drawing.canvas import Align
from cjm.drawing.captions import compared_text, filter_text, kind_text, targets_text, totals_texts
from cjm.drawing.lettering.drawable_text import keep_drawable_text
from cjm.drawing.primitives import Box, Layer, Stroke
from cjm.drawing.wall.page import WALL_MARGIN, WallLayout
from cjm.drawing.wall.target_marks import outcome_colour, outcome_symbol
from cjm.figures.map_parts.targets import TargetOutcome
from cjm.wording.count_words import replies_texts
from cjm.wording.kinds.contrast_words import caveat_texts
from cjm.wording.takeaway_words import takeaway_text

ASIDE = 380  # width of the right block
MOST_NOTES = 4  # with more, their columns become too narrow to read
NOTE_GAP = 36
INSET = 28


def draw_header(wall: WallLayout) -> float:
    """Draw the head; return the height where the chevrons begin."""
    left, right = _draw_title(wall), _draw_facts(wall)
    bottom = max(left, right)
    if wall.presentation.journey_map.notes:
        bottom = _draw_notes(wall, bottom + 18)
    return bottom + 32


def _draw_title(wall: WallLayout) -> float:
    """Draw title, purpose, scenario, the sentence that matters, and what limits the map; return the last baseline."""
    canvas, type_, theme, journey_map = wall.canvas, wall.typography, wall.theme, wall.presentation.journey_map
    room = wall.columns.content_right - WALL_MARGIN - ASIDE - 40
    left = WALL_MARGIN + canvas.logo(Box(WALL_MARGIN, 22, 220, 44))
    left += 24 if left > WALL_MARGIN else 0
    canvas.icon("trail", left + 11, 44, 32, theme.accent, weight=3.4)
    brand = left - WALL_MARGIN
    brand += canvas.text(left + 34, 52, wall.words("map.brand"), type_.brand, theme.accent, max_width=200)
    if kind := kind_text(wall.presentation, wall.words):
        canvas.text(WALL_MARGIN + 58 + brand, 52, kind, type_.lead_strong, theme.structure, max_width=room - brand - 58)
    y = 110.0
    # Moved by 1 px: the large letters of a title have more air at their left than the texts below.
    title = canvas.wrap_title(journey_map.title, type_.title, room)
    canvas.lines(WALL_MARGIN - 1, y, title, type_.title, theme.ink)
    y += (len(title) - 1) * type_.title.line
    wide = canvas.text_width(journey_map.title, type_.title)
    # A short purpose stands beside the title and saves a line.
    beside = len(title) == 1 and wide + 26 + canvas.text_width(journey_map.purpose, type_.purpose) <= room
    if journey_map.purpose and beside:
        canvas.text(WALL_MARGIN + wide + 26, y, journey_map.purpose, type_.purpose, theme.quiet)
    elif journey_map.purpose:
        y += 36
        lines = canvas.paragraph(WALL_MARGIN, y, journey_map.purpose, type_.purpose, theme.quiet, max_width=room)
        y += (lines - 1) * type_.purpose.line
    y = _draw_limit(wall, y, room, "person", journey_map.scenario)
    return _draw_limits(wall, _draw_takeaway(wall, y, room), room)


def _draw_takeaway(wall: WallLayout, y: float, room: float) -> float:
    """Draw the one sentence that matters beside a bar in the accent's colour; return the last baseline."""
    text, style = keep_drawable_text(takeaway_text(wall.presentation.journey_map, wall.words)), wall.typography.stage
    if not text:
        return y
    y += 48
    lines = wall.canvas.paragraph(WALL_MARGIN + 18, y, text, style, wall.theme.ink, max_width=room - 18, max_lines=4)
    ends = (WALL_MARGIN + 2.5, y - 18), (WALL_MARGIN + 2.5, y + 4 + (lines - 1) * style.line)
    wall.canvas.line(ends, Stroke(wall.theme.accent, 5))
    return y + (lines - 1) * style.line + 8


def _draw_limits(wall: WallLayout, y: float, room: float) -> float:
    """Draw the filter, the targets and the days that are compared; return the last baseline."""
    texts = (
        ("filter", filter_text(wall.presentation, wall.words)),
        ("compared", compared_text(wall.presentation, wall.words)),
    )
    y = _draw_limit(wall, y, room, *texts[0])
    y = _draw_targets(wall, y, room)
    y = _draw_limit(wall, y, room, *texts[1])
    for text in caveat_texts(wall.presentation.journey_map, wall.words):
        y = _draw_limit(wall, y, room, "caution", text)
    return y


def _draw_limit(wall: WallLayout, y: float, room: float, icon: str, text: str) -> float:
    if not text:
        return y
    style, ink = wall.typography.name, wall.theme.ink
    wall.canvas.icon(icon, WALL_MARGIN + 10, y + 27, 19, ink)
    lines = wall.canvas.paragraph(WALL_MARGIN + INSET, y + 33, text, style, ink, max_width=room - INSET)
    return y + 33 + (lines - 1) * style.line


def _draw_targets(wall: WallLayout, y: float, room: float) -> float:
    """Draw how many targets are met, missed or open, each behind the mark that it has in the lanes."""
    outcomes = [target.outcome for stage in wall.presentation.stages for target in stage.targets]
    kinds = [kind for kind in TargetOutcome if kind in outcomes]
    if len(kinds) < 2:
        return _draw_limit(wall, y, room, "flag", targets_text(wall.presentation, wall.words))
    canvas, style, theme, words = wall.canvas, wall.typography.name, wall.theme, wall.words
    y += 33
    canvas.icon("flag", WALL_MARGIN + 10, y - 6, 19, theme.ink)
    x: float = WALL_MARGIN + INSET
    # The words around the counts: "Targets:" before them, in the order of each language.
    x += canvas.text(x, y, words("map.targets.some", parts="").strip(), style, theme.ink) + 12
    for kind in kinds:
        canvas.icon(outcome_symbol(kind), x + 10, y - 6, 19, outcome_colour(kind, theme))
        text = words(f"map.targets.some_{kind.value}", n=outcomes.count(kind))
        x += 26 + canvas.text(x + 26, y, text, style, theme.ink) + 20
    return y


def _draw_facts(wall: WallLayout) -> float:
    words, journey_map, right = wall.words, wall.presentation.journey_map, wall.columns.content_right
    wall.canvas.text(
        right,
        52,
        words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date()),
        wall.typography.lead_strong,
        wall.theme.ink,
        align=Align.RIGHT,
        max_width=ASIDE,
    )
    y = 52.0
    facts = [
        ", ".join(totals_texts(wall.presentation, words)),
        *replies_texts(wall.presentation.journey_map, words),
        words("map.as_of", moment=words.moment(journey_map.as_of)),
    ]
    for fact in filter(None, facts):
        y += 28
        wall.canvas.text(right, y, fact, wall.typography.body, wall.theme.quiet, align=Align.RIGHT, max_width=ASIDE)
    return y


def _draw_notes(wall: WallLayout, top: float) -> float:
    """Draw the notes on what to do next, beside each other in columns."""
    notes = wall.presentation.journey_map.notes[:MOST_NOTES]
    left, style = WALL_MARGIN, wall.typography.body
    across = wall.columns.content_right - left - 48
    room = (across - NOTE_GAP * (len(notes) - 1)) / len(notes)
    most_lines = 0
    for i, note in enumerate(notes):
        x = left + 24 + i * (room + NOTE_GAP)
        wall.canvas.icon("next", x + 9, top + 28, 18, wall.theme.better, weight=2.6)
        lines = wall.canvas.paragraph(
            x + INSET, top + 34, note, style, wall.theme.ink, max_width=room - INSET, max_lines=4
        )
        most_lines = max(most_lines, lines)
    height = 56 + (most_lines - 1) * style.line
    wall.canvas.box(Box(left, top, wall.columns.content_right - left, height), 16, wall.theme.soft, layer=Layer.GROUND)
    return top + height
