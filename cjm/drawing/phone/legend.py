"""The foot of a phone page: the meaning of the marks that occur on it."""

from collections.abc import Callable

from cjm.drawing.captions import grey_text
from cjm.drawing.curves import rounded_box
from cjm.drawing.kinds.other_side import side_entries
from cjm.drawing.kinds.plans import plan_entries
from cjm.drawing.legend_entries import (
    LegendEntry,
    draw_legend_entries,
    face_symbol,
    interval_symbol,
    needs_grey_entry,
    width_symbol,
)
from cjm.drawing.marks import draw_footprints
from cjm.drawing.phone.page import MARGIN, RIGHT, PhonePage
from cjm.drawing.primitives import Box, Layer, Shape, Stroke
from cjm.drawing.theme import mix_colours

KEY = 46  # width of a symbol in pixels
LINE = 46  # pixels from one baseline to the next


def draw_legend(page: PhonePage, top: float) -> float:
    """Draw the legend; return its last baseline."""
    groups = [
        group
        for group in (
            _interval_entries(page),
            side_entries(page.canvas, page.presentation, page.words, 64),
            plan_entries(page.canvas, page.presentation, page.words, 56),
            _path_entries(page),
            _mood_entries(page),
            _unjudged_entries(page),
            _symbol_entries(page),
        )
        if group
    ]
    y = top + 14
    if not groups:  # no figures, stars or barriers: nothing to explain
        return y
    page.canvas.rule(MARGIN, RIGHT, y, 2)
    y += 6
    for group in groups:
        y = draw_legend_entries(
            page.canvas,
            group,
            Box(MARGIN, y + LINE, RIGHT - MARGIN, 0),
            page.typography.body,
            gap=28 if len(group) > 3 else 44,  # five moods fit into one line only when they stand close
            line=LINE,
        )
    return y


def _interval_entries(page: PhonePage) -> list[LegendEntry]:
    canvas, words, theme = page.canvas, page.words, page.theme
    entries = []
    if any(stage.headline.is_visible for stage in page.stages):
        entries.append(LegendEntry(KEY, interval_symbol(canvas, KEY), words("map.legend.interval")))
    if any(stage.before is not None and stage.headline.is_visible for stage in page.stages):
        entries.append(
            LegendEntry(
                12,
                lambda x, y: canvas.line(((x + 6, y - 9), (x + 6, y + 8)), Stroke(theme.ghost, 6)),
                words("map.legend.before"),
            )
        )
    if page.presentation.has_visible_figure and any(stage.figures.target is not None for stage in page.stages):

        def draw_target(x: float, y: float) -> None:
            canvas.line(((x + 4, y - 20), (x + 4, y + 18)), Stroke(theme.ink, 2.9, (5.7, 4.8), round=False))
            canvas.icon("flag", x + 30, y, 32, theme.quiet)

        entries.append(LegendEntry(44, draw_target, words("map.legend.target_at", value=_targets_range(page))))
    return entries


def _targets_range(page: PhonePage) -> str:
    """Return the target of the stages on this page: "75%", or "75–80%" where they have several."""
    targets = [stage.figures.target for stage in page.stages if stage.figures.target is not None]
    low, high = min(targets), max(targets)
    if low == high:
        return page.gauge.format_figure(low, page.words)
    return page.gauge.format_interval(low, high, page.words)


def _path_entries(page: PhonePage) -> list[LegendEntry]:
    """Explain the path and its width, only where one is drawn: it needs two judged neighbours on this page."""
    canvas = page.canvas
    if not any(len([i for i in run if page.first <= i < page.last]) > 1 for run in page.presentation.judged_runs()):
        return []

    def draw_path(x: float, y: float) -> None:
        colour = mix_colours(page.theme.moods[3], page.theme.paper, 0.2)
        canvas.add(Shape(rounded_box(x, y - 13, KEY, 26, 6), colour), layer=Layer.PATH)
        draw_footprints(canvas, [(x + 9 + 14 * i, y, 0.0) for i in range(3)], 10)

    return [
        LegendEntry(KEY, draw_path, page.words("map.legend.path")),
        LegendEntry(KEY, width_symbol(canvas, KEY), page.words("map.legend.width")),
    ]


def _mood_entries(page: PhonePage) -> list[LegendEntry]:
    if not any(stage.has_judged_figure for stage in page.stages):
        return []
    return [
        LegendEntry(42, face_symbol(page.canvas, 21, mood), text)
        for mood, text in enumerate(page.gauge.mood_range_texts(page.words))
    ]


def _unjudged_entries(page: PhonePage) -> list[LegendEntry]:
    canvas, words, journey_map = page.canvas, page.words, page.presentation.journey_map
    entries = []
    if canvas.has_striped_face():
        entries.append(LegendEntry(KEY, face_symbol(canvas, 21, 2, KEY, is_certain=False), words("map.legend.striped")))
    if needs_grey_entry(canvas, page.presentation):
        entries.append(LegendEntry(KEY, face_symbol(canvas, 21, None, KEY), grey_text(page.presentation, words)))
    if "lock" in canvas.icon_names():
        entries.append(
            LegendEntry(
                KEY,
                lambda x, y: canvas.icon("lock", x + KEY / 2, y, 34, page.theme.on_grey),
                words("map.legend.withheld", n=journey_map.minimum),
            )
        )
    return entries


def _symbol_entries(page: PhonePage) -> list[LegendEntry]:
    canvas, words = page.canvas, page.words
    icons = canvas.icon_names()
    entries = []
    if "star" in icons:
        entries.append(LegendEntry(KEY, lambda x, y: canvas.star(x + KEY / 2, y, 19), words("map.legend.moment")))
    if any(stage.is_weakest for stage in page.stages):
        theme = page.theme
        entries.insert(
            0,
            LegendEntry(
                KEY,
                lambda x, y: canvas.box(Box(x, y - 17, KEY, 34), 8, theme.tint, Stroke(theme.accent, 2)),
                words("map.legend.weakest"),
            ),
        )
    for name, text in (("barrier", "map.legend.barrier"), ("left", "map.legend.left")):
        if name in icons:
            entries.append(LegendEntry(KEY, _icon_symbol(page, name), words(text)))
    return entries


def _icon_symbol(page: PhonePage, name: str) -> Callable[[float, float], None]:
    return lambda x, y: page.canvas.icon(name, x + KEY / 2, y, 38, page.theme.ink)
