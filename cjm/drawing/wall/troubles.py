"""The lane of troubles: complaints, support contacts, and the barriers that customers named."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align, StyledText
from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.wall.page import INDENT, WallLayout
from cjm.figures.journey_map import Barrier

MOST_BARRIERS = 4
MOST_LINES = 4  # of a barrier
ROW = 29


def has_troubles(presentation: MapPresentation) -> bool:
    return any(stage.figures.complaints or stage.figures.support or stage.barriers for stage in presentation.stages)


def draw_troubles(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw complaints, visits to support and barriers, a row each."""
    bottom = name_bottom
    for i, stage in enumerate(wall.stages):
        y = top + 34.0
        rows = _contact_rows(wall, stage)
        for icon, pieces in rows:
            y = _draw_contact(wall, i, icon, pieces, y) + ROW
        y = _draw_barriers(wall, i, stage.barriers[:MOST_BARRIERS], y)
        if y == top + 34:
            wall.draw_empty_cell(i, y)
            y += ROW
        bottom = max(bottom, y - ROW)  # y is where a further row would begin
    return bottom + 24


def _contact_rows(wall: WallLayout, stage: StagePresentation) -> list[tuple[str, list[StyledText]]]:
    """Return the rows of complaints and visits to support, each as a symbol and pieces of text.

    Each is a rate where there are enough visits or customers for one, else a count: "50 per 100" of two misleads.
    """
    words, theme, body, strong = wall.words, wall.theme, wall.typography.small, wall.typography.name
    figures = stage.figures
    rows: list[tuple[str, list[StyledText]]] = []
    if figures.complaints and figures.visits >= wall.presentation.journey_map.judge_from:
        rate = words.number(100 * figures.complaints / figures.visits, 1)
        rows.append(("complaint", [(f"{rate} ", strong, theme.ink), (words("map.complaint_rate"), body, theme.quiet)]))
    elif figures.complaints:
        rows.append(("complaint", [(words("map.complaints", n=figures.complaints), body, theme.ink)]))
    per_100 = figures.support_per_100
    if figures.support and per_100 is not None and figures.customers >= wall.presentation.journey_map.judge_from:
        rate = words.number(per_100, 1)
        rows.append(("support", [(f"{rate} ", strong, theme.ink), (words("map.support_rate"), body, theme.quiet)]))
    elif figures.support:
        rows.append(("support", [(words("map.support", n=figures.support), body, theme.ink)]))
    return rows


def _draw_contact(wall: WallLayout, i: int, icon: str, pieces: list[StyledText], y: float) -> float:
    left = wall.columns.left_edge(i)
    wall.canvas.icon(icon, left + 10, y - 6, 19, wall.theme.ink)
    *first, (text, style, colour) = pieces
    at = left + INDENT + wall.canvas.text_run(left + INDENT, y, first)
    lines = wall.canvas.paragraph(at, y, text, style, colour, max_width=wall.columns.right_edge(i) - at, max_lines=2)
    return y + (lines - 1) * style.line


def _draw_barriers(wall: WallLayout, i: int, barriers: Sequence[Barrier], y: float) -> float:
    """Draw how often each barrier was chosen, then its theme; return the baseline of the next row."""
    left, body, ink = wall.columns.left_edge(i), wall.typography.body, wall.theme.ink
    counts = [wall.words("map.times", count=wall.words.number(barrier.n)) for barrier in barriers]
    widest = max((wall.canvas.text_width(count, wall.typography.name) for count in counts), default=0.0)
    indent = max(INDENT, widest + 10)  # the themes begin at one edge, right of the longest count
    for barrier, count in zip(barriers, counts, strict=True):
        wall.canvas.text(left + indent - 10, y, count, wall.typography.name, ink, align=Align.RIGHT)
        lines = wall.canvas.paragraph(
            left + indent,
            y,
            barrier.theme,
            body,
            ink,
            max_width=wall.columns.column_width - indent,
            max_lines=MOST_LINES,
        )
        y += ROW + (lines - 1) * body.line
    return y
