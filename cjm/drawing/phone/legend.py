"""The foot of a phone page: the meaning of what occurs on it, and of nothing else."""

from cjm.drawing.curves import rounded
from cjm.drawing.parts import LegendEntry, face_key, flow, footprints, interval_key
from cjm.drawing.phone.page import MARGIN, RIGHT, Page
from cjm.drawing.primitives import Box, Layer, Shape, Stroke
from cjm.drawing.reading import Knowledge
from cjm.drawing.theme import mix

KEY = 46  # the width of a symbol
LINE = 50


def legend(page: Page, top: float) -> float:
    """Puts the legend on the sheet; gives its last baseline."""
    groups = [group for group in (_bar(page), _path(page), _moods(page), _unknown(page), _symbols(page)) if group]
    y = top + 14
    if not groups:
        return y
    page.sheet.rule(MARGIN, RIGHT, y, 2)
    y += 6
    for group in groups:
        y = flow(
            page.sheet,
            group,
            Box(MARGIN, y + LINE, RIGHT - MARGIN, 0),
            page.type.body,
            gap=28 if len(group) > 3 else 44,
            line=LINE,
        )
    return y


def _bar(page: Page) -> list[LegendEntry]:
    sheet, words, theme = page.sheet, page.words, page.theme
    entries = []
    if any(stage.figure.shown for stage in page.stages):
        entries.append(LegendEntry(KEY, interval_key(sheet, KEY), words("map.legend.interval")))
    if any(stage.before is not None and stage.figure.shown for stage in page.stages):
        entries.append(
            LegendEntry(
                12,
                lambda x, y: sheet.line(((x + 6, y - 9), (x + 6, y + 8)), Stroke(theme.ghost, 6)),
                words("map.legend.before"),
            )
        )
    if page.reading.charted and any(stage.look.target is not None for stage in page.stages):

        def flag(x: float, y: float) -> None:
            sheet.line(((x + 4, y - 20), (x + 4, y + 18)), Stroke(theme.ink, 2.9, (5.7, 4.8), round=False))
            sheet.icon("flag", x + 30, y, 32, theme.quiet)

        target = page.reading.target
        text = (
            words("map.legend.target_at", value=page.gauge.figure(target, words))
            if target is not None
            else words("map.legend.target")
        )
        entries.append(LegendEntry(44, flag, text))
    return entries


def _path(page: Page) -> list[LegendEntry]:
    """Only where a path is: two judged neighbours."""
    sheet = page.sheet
    if not any(len([i for i in run if page.first <= i < page.last]) > 1 for run in page.reading.runs()):
        return []

    def sketch(x: float, y: float) -> None:
        colour = mix(page.theme.moods[3], page.theme.paper, 0.2)
        sheet.put(Shape(rounded(x, y - 13, KEY, 26, 6), colour), layer=Layer.PATH)
        footprints(sheet, [(x + 9 + 14 * i, y, 0.0) for i in range(3)], 10)

    return [LegendEntry(KEY, sketch, page.words("map.legend.path"))]


def _moods(page: Page) -> list[LegendEntry]:
    if not any(stage.figure.judged for stage in page.stages):
        return []
    return [
        LegendEntry(42, face_key(page.sheet, 21, mood), text) for mood, text in enumerate(page.gauge.steps(page.words))
    ]


def _unknown(page: Page) -> list[LegendEntry]:
    sheet, words, look = page.sheet, page.words, page.reading.look
    shown = {t.figure.knowledge for stage in page.stages for t in stage.touchpoints} | {
        stage.figure.knowledge for stage in page.stages
    }
    entries = []
    if sheet.striped():
        entries.append(LegendEntry(KEY, face_key(sheet, 21, 2, KEY, sure=False), words("map.legend.striped")))
    if Knowledge.GREY in shown or Knowledge.WITHHELD in shown:
        entries.append(LegendEntry(KEY, face_key(sheet, 21, None, KEY), words("map.legend.grey", n=look.judge_from)))
    if Knowledge.WITHHELD in shown:
        entries.append(
            LegendEntry(
                KEY,
                lambda x, y: sheet.icon("lock", x + KEY / 2, y, 34, page.theme.on_grey),
                words("map.legend.withheld", n=look.minimum),
            )
        )
    return entries


def _symbols(page: Page) -> list[LegendEntry]:
    sheet, words = page.sheet, page.words
    icons = sheet.icons()
    entries = []
    if "star" in icons:
        entries.append(LegendEntry(KEY, lambda x, y: sheet.star(x + KEY / 2, y, 19), words("map.legend.moment")))
    if "barrier" in icons:
        entries.append(
            LegendEntry(
                KEY, lambda x, y: sheet.icon("barrier", x + KEY / 2, y, 38, page.theme.ink), words("map.legend.barrier")
            )
        )
    return entries
