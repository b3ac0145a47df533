"""Lines of a phone row that only some kinds of maps have: the other side's figure; targets, gaps and plans."""

from dataclasses import replace

from cjm.drawing.kinds.other_side import side_texts
from cjm.drawing.kinds.plans import PlanStyle, draw_plan, is_future, list_plans
from cjm.drawing.phone.page import INDENT, LEFT, RIGHT, STEP, PhonePage
from cjm.drawing.presentation import FigurePresentation, StagePresentation
from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome
from cjm.wording.kinds.gap_words import gap_text
from cjm.wording.plan_words import target_text

TEXT_LEFT = LEFT + INDENT
_SYMBOLS = {TargetOutcome.MET: "met", TargetOutcome.MISSED: "missed", TargetOutcome.OPEN: "open"}


def draw_kind_lines(page: PhonePage, stage: StagePresentation, y: float) -> float:
    """Draw what the kind of the map adds to a row; return the last baseline."""
    if stage.other is not None and (stage.other.n or stage.headline.n):
        y = _draw_other_side(page, stage, stage.other, y + STEP)
    if is_future(page.presentation):
        for target in stage.targets:
            y = _draw_gap(page, target, y + STEP)
        style = PlanStyle(page.typography.name, page.typography.body, detail=STEP)
        for typed in list_plans(page.presentation, stage):
            y = draw_plan(page.canvas, typed, page.words, LEFT, y + STEP + 14, RIGHT - LEFT, style)
    return y


def _draw_other_side(page: PhonePage, stage: StagePresentation, other: FigurePresentation, y: float) -> float:
    """Draw the other side's figure with its interval and people, bold where both sides clearly differ."""
    canvas, theme = page.canvas, page.theme
    colour = theme.ink if stage.stands_out else theme.quiet
    canvas.icon("other_side", LEFT + 18, y - 12, 32, colour)
    value, detail = side_texts(page.presentation, other, page.words)
    x = float(TEXT_LEFT)
    if value:
        x += canvas.text(x, y, value, page.typography.strong if stage.stands_out else page.typography.body, colour) + 18
    room = RIGHT - x
    lines = canvas.paragraph(x, y, detail, page.typography.body, theme.quiet, max_width=room, max_lines=2)
    return y + (lines - 1) * page.typography.body.line


def _draw_gap(page: PhonePage, target: TargetFigure, y: float) -> float:
    """Draw a target and how much is missing to it; return the last baseline."""
    canvas, theme, scale = page.canvas, page.theme, page.presentation.journey_map.scale
    is_missed = target.outcome is TargetOutcome.MISSED
    style = page.typography.name if is_missed else page.typography.body
    named = replace(target, key=target.key or scale.value)
    text = f"{target_text(named, page.words)}: {gap_text(target, scale, page.words)}"
    canvas.icon(_SYMBOLS[target.outcome], LEFT + 18, y - 12, 32, theme.accent if is_missed else theme.quiet)
    room = RIGHT - TEXT_LEFT
    lines = canvas.paragraph(TEXT_LEFT, y, text, style, theme.ink, max_width=room, max_lines=3)
    return y + (lines - 1) * style.line
