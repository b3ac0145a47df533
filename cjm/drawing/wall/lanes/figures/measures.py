"""The lane of operational measures, such as minutes of waiting: median, nine of ten, target."""

from cjm.drawing.captions import keep_together
from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.primitives import Stroke
from cjm.drawing.wall.cells import INDENT, Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.drawing.wall.target_marks import quantity_text, write_targets
from cjm.figures.map_parts.stage_facts import MeasureFigures
from cjm.figures.map_parts.targets import TargetSubject


def has_measures(presentation: MapPresentation) -> bool:
    return any(map(_has_measures, presentation.stages))


def _has_measures(stage: StagePresentation) -> bool:
    return bool(stage.figures.measures) or any(t.subject is TargetSubject.MEASURE for t in stage.targets)


def draw_measures(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the measures of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_measures)


def _write_measures(cell: Cell) -> None:
    for measure in cell.stage.figures.measures:
        _write_measure(cell, measure)
        write_targets(cell, TargetSubject.MEASURE, key=measure.key)
    _write_targets_without_figures(cell)


def _write_measure(cell: Cell, measure: MeasureFigures) -> None:
    """Write title and median, a line that shows how far they spread, then interval, nine of ten and n."""
    words = cell.wall.words
    cell.compare(measure.title, quantity_text(measure.median, measure.unit, words), icon="measure")
    _draw_spread(cell, measure)
    parts = []
    if measure.low is not None and measure.high is not None:
        low, high = quantity_text(measure.low, "", words), quantity_text(measure.high, measure.unit, words)
        parts.append(words("map.flow.interval", low=low, high=high))
    p90 = quantity_text(measure.p90, measure.unit, words)
    parts += [words("map.lane.measures.p90", value=p90), words("map.lane.measures.n", n=measure.n)]
    cell.write_detail(", ".join(map(keep_together, parts)), lines=5)


def _draw_spread(cell: Cell, measure: MeasureFigures) -> None:
    """Draw a line from zero to the value of nine of ten, the median as a dot on it, and the target across, dashed."""
    theme, canvas = cell.wall.theme, cell.wall.canvas
    targets = [t.target for t in cell.stage.targets if t.subject is TargetSubject.MEASURE and t.key == measure.key]
    most = max((measure.p90, measure.median, *targets))
    if most <= 0 or min((measure.p90, measure.median, *targets)) < 0:
        return
    y, left, room = cell.next_baseline(18) - 4, cell.left + INDENT, cell.width - INDENT
    canvas.line(((left, y), (left + room * measure.p90 / most, y)), Stroke(theme.ghost, 2.4))
    for target in targets:
        x = left + room * target / most
        canvas.line(((x, y - 8), (x, y + 8)), Stroke(theme.ink, 1.6, (4, 3), round=False))
    canvas.circle(left + room * measure.median / most, y, 5, theme.ink, Stroke(theme.paper, 1.4))


def _write_targets_without_figures(cell: Cell) -> None:
    """Write the targets of measures that no event told yet, or that are withheld."""
    known = {measure.key for measure in cell.stage.figures.measures}
    for target in cell.stage.targets:
        if target.subject is TargetSubject.MEASURE and target.key not in known:
            cell.compare(target.title or target.key, "—", icon="measure", colour=cell.wall.theme.on_grey)
            write_targets(cell, TargetSubject.MEASURE, key=target.key)
