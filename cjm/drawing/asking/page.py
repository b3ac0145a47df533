"""Page about the asking being laid out, with what its sections share: headings, and bars of parts."""

from collections.abc import Sequence
from dataclasses import dataclass

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.phone.page import MARGIN, RIGHT
from cjm.drawing.primitives import Box, Stroke
from cjm.drawing.theme import Theme, Typography
from cjm.figures.findings.asking.report import AskingReport
from cjm.wording.words import FigureWords

ROOM = RIGHT - MARGIN
BAR = 52  # height of a bar: a figure of 34 px fits into it
LEAST_LABEL = 12  # pixels of air beside a figure in a part of a bar


@dataclass(frozen=True, slots=True)
class BarPart:
    """Part of a bar; one without a fill is hatched. ``label`` is left out where it does not fit."""

    n: int
    fill: str | None
    label: str


@dataclass(frozen=True, slots=True)
class AskingPage:
    """Page being laid out."""

    canvas: Canvas
    typography: Typography
    report: AskingReport
    words: FigureWords

    @property
    def theme(self) -> Theme:
        return self.canvas.theme

    def draw_heading(self, y: float, text: str) -> float:
        """Draw the heading of a section below a thin line; return its last baseline."""
        self.canvas.rule(MARGIN, RIGHT, y + 44, 2)
        style = self.typography.stage_long
        y += 108
        lines = self.canvas.wrap(text, style, ROOM)
        self.canvas.lines(MARGIN, y, lines, style, self.theme.ink)
        return y + (len(lines) - 1) * style.line

    def draw_bar(self, top: float, parts: Sequence[BarPart]) -> float:
        """Draw the parts beside each other, as wide as the page; return the bottom."""
        whole, left = sum(part.n for part in parts), float(MARGIN)
        for part in parts:
            width = ROOM * part.n / whole
            if width >= 0.5:
                self._draw_part(Box(left, top, width, BAR), part)
            left += width
        return top + BAR

    def _draw_part(self, box: Box, part: BarPart) -> None:
        canvas, style = self.canvas, self.typography.name
        gap = Stroke(self.theme.paper, 3)
        if part.fill is None:
            canvas.hatch(box, 0, 14, 3)
        canvas.box(box, 0, part.fill, gap)
        if part.label and canvas.text_width(part.label, style) + 2 * LEAST_LABEL <= box.width:
            baseline = box.y + box.height / 2 + style.half_capital
            canvas.text(box.x + box.width / 2, baseline, part.label, style, self.theme.ink, align=Align.CENTRE)
