"""The foot of the wall: the meaning of what occurs on it, and of nothing else."""

from cjm.drawing.parts import LegendEntry, face_key, flow, interval_key, length
from cjm.drawing.primitives import Box, Stroke
from cjm.drawing.reading import Knowledge, figure
from cjm.drawing.wall.page import MARGIN, Wall

LINE, GAP = 31, 28


def legend(wall: Wall, top: float) -> float:
    """Puts the legend on the sheet; gives its last baseline."""
    small, width = wall.type.small, wall.columns.end - MARGIN
    y = top + 13
    marks, moods = _marks(wall), _moods(wall)
    together = length(wall.sheet, [*marks, *moods], small, GAP) <= width
    for group in ([*marks, *moods] if together else marks, [] if together else moods, _unknown(wall)):
        if group:
            y = flow(wall.sheet, group, Box(MARGIN, y + LINE, width, 0), small, gap=GAP, line=LINE)
    if sentences := " ".join(_sentences(wall)):
        lines = wall.sheet.paragraph(MARGIN, y + LINE, sentences, small, wall.theme.quiet, room=width, most=4)
        y += LINE + (lines - 1) * small.line
    return y


def _marks(wall: Wall) -> list[LegendEntry]:
    sheet, theme, words = wall.sheet, wall.theme, wall.words
    shown = [stage for stage in wall.stages if stage.figure.shown]
    entries = []
    if shown:
        entries.append(LegendEntry(34, interval_key(sheet, 34), words("map.legend.interval")))
    if any(stage.before is not None for stage in shown):

        def before(x: float, y: float) -> None:
            sheet.line(((x, y), (x + 30, y)), Stroke(theme.ghost, 2.4, (2, 5)))
            sheet.line(((x + 42, y - 5), (x + 42, y + 5)), Stroke(theme.ghost, 3.4))

        entries.append(LegendEntry(44, before, words("map.legend.before")))
    if wall.reading.charted and any(stage.look.target is not None for stage in wall.stages):
        stroke = Stroke(theme.ink, 1.6, (6, 5), round=False)
        entries.append(
            LegendEntry(30, lambda x, y: sheet.line(((x, y), (x + 30, y)), stroke), words("map.legend.target"))
        )
    if "star" in sheet.icons():
        entries.append(LegendEntry(19, lambda x, y: sheet.star(x + 9, y, 9.5), words("map.legend.moment")))
    return entries


def _unknown(wall: Wall) -> list[LegendEntry]:
    sheet, words, look = wall.sheet, wall.words, wall.reading.look
    found = {stage.figure.knowledge for stage in wall.stages}
    found |= {touchpoint.figure.knowledge for stage in wall.stages for touchpoint in stage.touchpoints}
    entries = []
    if sheet.striped():
        entries.append(LegendEntry(22, face_key(sheet, 11, 2, sure=False), words("map.legend.striped")))
    if found & {Knowledge.GREY, Knowledge.WITHHELD}:
        entries.append(
            LegendEntry(
                30,
                lambda x, y: sheet.hatch(Box(x, y - 9, 30, 18), 5, 7, 1.5),
                words("map.legend.grey", n=look.judge_from),
            )
        )
    if Knowledge.WITHHELD in found:
        entries.append(
            LegendEntry(
                16,
                lambda x, y: sheet.icon("lock", x + 8, y - 1, 17, wall.theme.on_grey, weight=2.2),
                words("map.legend.withheld", n=look.minimum),
            )
        )
    return entries


def _moods(wall: Wall) -> list[LegendEntry]:
    judged = any(stage.figure.judged or stage.telling for stage in wall.stages)
    if not judged:
        return []
    return [
        LegendEntry(22, face_key(wall.sheet, 11, mood), text) for mood, text in enumerate(wall.gauge.steps(wall.words))
    ]


def _sentences(wall: Wall) -> list[str]:
    words = wall.words
    found = []
    if any(stage.before is not None for stage in wall.stages):
        found.append(words("map.legend.change"))
    if any(len(run) > 1 for run in wall.reading.runs()):
        found.append(words("map.legend.line"))
    if any(figure(stage.look.conversion).shown for stage in wall.stages[:-1]):
        found.append(words("map.legend.conversion"))
    return found
