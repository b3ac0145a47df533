"""The axis above the rows of a phone page: what the figures are, and where the bars begin and end."""

from cjm.drawing.canvas import Align
from cjm.drawing.phone.page import LEFT, RIGHT, PhonePage
from cjm.drawing.phone.rows import find_bar_left
from cjm.drawing.primitives import Stroke

TICK = 10  # pixels


def draw_axis(page: PhonePage, top: float) -> float:
    """Draw the meaning of the figures, and the ends and the middle of their scale; return where the rows begin.

    A page without any figure has no axis.
    """
    if not any(stage.headline.is_visible for stage in page.stages):
        return top
    canvas, style, theme, gauge = page.canvas, page.typography.name, page.theme, page.gauge
    y = top + 44
    meaning = page.words(f"map.meaning.{gauge.scale}")
    y += (canvas.paragraph(LEFT, y, meaning, style, theme.ink, max_width=RIGHT - LEFT) - 1) * style.line + 48
    least, most = gauge.spec.bounds
    left, body = find_bar_left(page), page.typography.body
    for value, at, align in (
        (least, left, Align.LEFT),
        ((least + most) / 2, (left + RIGHT) / 2, Align.CENTRE),
        (most, RIGHT, Align.RIGHT),
    ):
        text = gauge.format_edge(value, page.words)
        canvas.text(at, y, text + (page.percent_sign if value == most else ""), body, theme.quiet, align=align)
    line = y + 18
    canvas.line(((left, line), (RIGHT, line)), Stroke(theme.ghost, 2))
    for at in (left, (left + RIGHT) / 2, RIGHT):
        canvas.line(((at, line), (at, line + TICK)), Stroke(theme.ghost, 2))
    return line + 4
