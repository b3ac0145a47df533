"""Marks of a future map: planned touchpoints in a dashed frame, those that are to go struck through."""

from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.legend_entries import LegendEntry
from cjm.drawing.presentation import MapPresentation, StagePresentation, TouchpointPresentation
from cjm.drawing.primitives import Box, Stroke
from cjm.drawing.theme import FontStyle
from cjm.figures.journey_map import MapKind
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.people import CountBasis
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.wording.count_words import round_estimate
from cjm.wording.words import FigureWords

MOST_LINES = 4
NOTE_GAP = 0.6  # from a name to its note beside it, of the name's size
PAD = 0.45  # from the text to the frame around it, of the text's size


@dataclass(frozen=True, slots=True)
class PlanStyle:
    """Styles of planned touchpoints in a layout; ``detail`` pixels lie between the baselines of name and note."""

    name: FontStyle
    note: FontStyle
    detail: float


def is_future(presentation: MapPresentation) -> bool:
    return presentation.journey_map.kind is MapKind.FUTURE


def list_plans(presentation: MapPresentation, stage: StagePresentation) -> list[TypedTexts]:
    """Return the touchpoints of a stage that a future map marks: planned ones, then those that are to go."""
    if not is_future(presentation):
        return []
    order = (TouchpointStatus.PLANNED, TouchpointStatus.REMOVED)
    marked = (each for each in stage.figures.typed if each.status in order and each.title)
    return sorted(marked, key=lambda each: order.index(each.status))


def list_present_touchpoints(
    presentation: MapPresentation, stage: StagePresentation
) -> tuple[TouchpointPresentation, ...]:
    """Return the touchpoints of a stage without those that a future map marks as planned."""
    marked = {each.key for each in list_plans(presentation, stage)}
    return tuple(each for each in stage.touchpoints if each.figures.key not in marked)


def plan_note(typed: TypedTexts, words: FigureWords) -> str:
    """Return "planned", or "is to go; 120 customers used it"."""
    if typed.status is TouchpointStatus.PLANNED:
        return words("map.touchpoint.planned")
    if typed.customers is None:
        return words("map.touchpoint.removed")
    is_rough = typed.customers_is is CountBasis.ABOUT
    return words("map.touchpoint.used", n=round_estimate(typed.customers) if is_rough else typed.customers)


def plan_entries(canvas: Canvas, presentation: MapPresentation, words: FigureWords, size: float) -> list[LegendEntry]:
    """Return the legend's entries for planned touchpoints and those that are to go, where a map has any."""
    found = {each.status for stage in presentation.stages for each in list_plans(presentation, stage)}
    theme = canvas.theme

    def draw_planned(x: float, y: float) -> None:
        dashed = Stroke(theme.ink, max(1.5, size / 24), (size / 6, size / 9), round=False)
        canvas.box(Box(x, y - size / 4, size, size / 2), size / 7, None, dashed)

    def draw_removed(x: float, y: float) -> None:
        canvas.box(Box(x + size / 6, y - size / 6, size / 1.5, size / 3), size / 12, theme.rule)
        canvas.line(((x, y), (x + size, y)), Stroke(theme.quiet, max(1.6, size / 20)))

    symbols = {TouchpointStatus.PLANNED: draw_planned, TouchpointStatus.REMOVED: draw_removed}
    return [LegendEntry(size, draw, words(f"map.legend.{key}")) for key, draw in symbols.items() if key in found]


def draw_plan(
    canvas: Canvas, typed: TypedTexts, words: FigureWords, left: float, y: float, width: float, style: PlanStyle
) -> float:
    """Draw one touchpoint from the baseline ``y`` on, its note beside it or below; return the last baseline."""
    is_planned = typed.status is TouchpointStatus.PLANNED
    pad = PAD * style.name.px if is_planned else 0.0
    colour = canvas.theme.ink if is_planned else canvas.theme.quiet
    lines = canvas.wrap(typed.title, style.name, width - 2 * pad, MOST_LINES)
    canvas.lines(left + pad, y, lines, style.name, colour)
    widths = [canvas.text_width(line, style.name) for line in lines]
    if is_planned:
        _draw_frame(canvas, left, y, max(widths), len(lines), style.name)
    else:
        for i, line_width in enumerate(widths):
            # Through the small letters: at half the height of the capitals it would hide their middle strokes.
            middle = y + i * style.name.line - 0.27 * style.name.px
            canvas.line(((left, middle), (left + line_width, middle)), Stroke(colour, max(1.6, 0.08 * style.name.px)))
    y += (len(lines) - 1) * style.name.line
    note, x = plan_note(typed, words), left + widths[-1] + 2 * pad + NOTE_GAP * style.name.px
    if x + canvas.text_width(note, style.note) <= left + width:
        canvas.text(x, y, note, style.note, canvas.theme.quiet)
        return y + (0.3 * style.name.px if is_planned else 0.0)
    y += style.detail + (0.3 * style.name.px if is_planned else 0.0)
    below = canvas.wrap(note, style.note, width, 2)
    canvas.lines(left, y, below, style.note, canvas.theme.quiet)
    return y + (len(below) - 1) * style.note.line


def _draw_frame(canvas: Canvas, left: float, y: float, width: float, lines: int, style: FontStyle) -> None:
    pad = PAD * style.px
    top, height = y - 0.95 * style.px, (lines - 1) * style.line + 1.35 * style.px
    dashed = Stroke(canvas.theme.ink, max(1.5, 0.07 * style.px), (0.4 * style.px, 0.28 * style.px), round=False)
    canvas.box(Box(left, top, width + 2 * pad, height), 0.4 * style.px, None, dashed)
