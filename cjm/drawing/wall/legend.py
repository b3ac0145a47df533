"""The foot of the wall: the meaning of what occurs on it, and of nothing else."""

from cjm.drawing.parts import Entry, face_key, flow, interval_key
from cjm.drawing.primitives import Box, Stroke
from cjm.drawing.reading import Knowledge, figure
from cjm.drawing.wall.page import MARGIN, Wall


def legend(wall: Wall, top: float) -> float:
    """Puts the legend on the sheet; gives its last baseline."""
    box = Box(MARGIN, top + 44, wall.columns.end - MARGIN, 0)
    small = wall.type.small
    y = top
    marks = [*_marks(wall), *_unknown(wall), *_moods(wall)]
    if marks:
        y = flow(wall.sheet, marks, box, small, 28)
    sentences = _sentences(wall)
    if sentences:
        y += 32
        lines = wall.sheet.paragraph(MARGIN, y, " ".join(sentences), small, wall.theme.quiet, room=box.width, most=4)
        y += (lines - 1) * small.line
    return y


def _marks(wall: Wall) -> list[Entry]:
    sheet, theme, words = wall.sheet, wall.theme, wall.words
    shown = [stage for stage in wall.stages if stage.figure.shown]
    entries = []
    if shown:
        entries.append(Entry(34, interval_key(sheet, 34), words("map.legend.interval")))
    if any(stage.before is not None for stage in shown):

        def before(x: float, y: float) -> None:
            sheet.line(((x, y), (x + 30, y)), Stroke(theme.ghost, 2.4, (2, 5)))
            sheet.line(((x + 42, y - 5), (x + 42, y + 5)), Stroke(theme.ghost, 3.4))

        entries.append(Entry(44, before, words("map.legend.before")))
    if not wall.reading.empty and any(stage.look.target is not None for stage in wall.stages):
        stroke = Stroke(theme.ink, 1.6, (6, 5), round=False)
        entries.append(Entry(30, lambda x, y: sheet.line(((x, y), (x + 30, y)), stroke), words("map.legend.target")))
    if "star" in sheet.icons():
        entries.append(Entry(19, lambda x, y: sheet.star(x + 9, y, 9.5), words("map.legend.moment")))
    return entries


def _unknown(wall: Wall) -> list[Entry]:
    sheet, words, look = wall.sheet, wall.words, wall.reading.look
    found = {stage.figure.knowledge for stage in wall.stages}
    found |= {touchpoint.figure.knowledge for stage in wall.stages for touchpoint in stage.touchpoints}
    entries = []
    if found & {Knowledge.GREY, Knowledge.WITHHELD}:
        entries.append(Entry(30, lambda x, y: sheet.hatch(Box(x, y - 9, 30, 18), 5, 7, 1.5), words("map.legend.grey", n=look.judge_from)))
    if Knowledge.WITHHELD in found:
        entries.append(
            Entry(16, lambda x, y: sheet.icon("lock", x + 8, y - 1, 17, wall.theme.on_grey, weight=2.2), words("map.legend.withheld", n=look.minimum))
        )
    return entries


def _moods(wall: Wall) -> list[Entry]:
    judged = any(stage.figure.judged or stage.telling for stage in wall.stages)
    if not judged:
        return []
    gauge, words = wall.gauge, wall.words
    texts = [words("map.legend.below", value=gauge.figure(gauge.edges[0], words))]
    texts += [words("map.legend.from", value=gauge.number(edge, words)) for edge in gauge.edges]
    return [Entry(22, face_key(wall.sheet, 11, mood), text) for mood, text in enumerate(texts)]


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
