"""The lane of flow: who goes on, how long it takes, and how many are still on the way. All of it counts walks."""

from cjm.drawing.captions import keep_together
from cjm.drawing.presentation import MapPresentation, StagePresentation, present_score
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.drawing.wall.target_marks import write_targets
from cjm.figures.journey_map import StageTime
from cjm.figures.map_parts.targets import TargetSubject
from cjm.wording.flow_words import median_interval_text, slowest_text


def has_flow(presentation: MapPresentation) -> bool:
    return any(map(_has_flow, presentation.stages))


def _has_flow(stage: StagePresentation) -> bool:
    conversion = present_score(stage.figures.conversion)
    has_target = any(t.subject in (TargetSubject.CONVERSION, TargetSubject.TIME) for t in stage.targets)
    return bool(stage.figures.time or stage.figures.on_the_way or conversion.is_visible or has_target)


def draw_flow(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw conversion, median and 90th percentile of the time, each with n, and the number still on the way."""
    return draw_cells(wall, top, name_bottom, _write_flow)


def _write_flow(cell: Cell) -> None:
    _write_conversion(cell)
    write_targets(cell, TargetSubject.CONVERSION)
    if cell.stage.figures.time:
        _write_time(cell, cell.stage.figures.time)
    write_targets(cell, TargetSubject.TIME)
    if n := cell.stage.figures.on_the_way:
        text = cell.wall.words("map.flow.on_the_way", n=n)
        cell.write_marked("walking", text, cell.wall.typography.small, cell.wall.theme.quiet)


def _write_conversion(cell: Cell) -> None:
    wall, words = cell.wall, cell.wall.words
    conversion = present_score(cell.stage.figures.conversion)
    if not conversion.is_visible:
        return
    text = words("map.flow.go_on", share=words.percent(conversion.value / 100))
    colour = wall.theme.ink if conversion.is_judged else wall.theme.on_grey
    cell.write_marked("next", text, wall.typography.strong, colour)
    interval = f"{words.number(conversion.low)}–{words.percent(conversion.high / 100)}"
    cell.write_detail(f"{interval}, {keep_together(words('map.walks', n=conversion.n))}")


def _write_time(cell: Cell, time: StageTime) -> None:
    """Write the median with its interval and n, then the time that is enough for most."""
    wall, words = cell.wall, cell.wall.words
    if time.median_s is None:  # fewer than half went on
        cell.write_marked("clock", words("map.flow.waiting"), wall.typography.body, wall.theme.quiet)
    else:
        cell.write_marked("clock", words.short_duration(time.median_s), wall.typography.strong, wall.theme.ink)
    walks = keep_together(words("map.walks", n=time.n)) if time.n else ""
    cell.write_detail(", ".join(filter(None, (median_interval_text(time, words), walks))))
    cell.write_detail(slowest_text(time, words))
