"""The foot of a slide: which journey, days and people it is about, and what its marks mean."""

from collections.abc import Callable

from cjm.drawing.captions import compared_text, filter_text, grey_text, kind_text, totals_texts
from cjm.drawing.kinds.other_side import side_entries
from cjm.drawing.legend_entries import LegendEntry, draw_legend_entries, face_symbol, width_symbol
from cjm.drawing.presentation import FigureStatus
from cjm.drawing.primitives import Box, Stroke
from cjm.drawing.slide.columns import has_bare_counts
from cjm.drawing.slide.page import MARGIN, RIGHT, SlidePage
from cjm.wording.kinds.contrast_words import caveat_texts

LINE = 40
KEY = 40  # width of a symbol in pixels
GAP = 40  # between two entries
MOST_TITLE = 900  # pixels of the journey's title: the facts behind it stay on the line


def footer_height(slide: SlidePage) -> float:
    """Return the height from the top of the foot to its last baseline."""
    return draw_footer(slide.with_scratch_canvas(), 0.0)


def draw_footer(slide: SlidePage, top: float) -> float:
    """Draw the foot below a thin line; return its last baseline."""
    canvas, style = slide.canvas, slide.typography.body
    canvas.rule(MARGIN, RIGHT, top, 2)
    y = _draw_facts(slide, top + LINE + 4)
    entries = _list_entries(slide)
    if not entries:
        return y
    return draw_legend_entries(canvas, entries, Box(MARGIN, y + LINE, RIGHT - MARGIN, 0), style, gap=GAP, line=LINE)


def _draw_facts(slide: SlidePage, y: float) -> float:
    """Draw kind · journey · period · filter · people · answers · day · meaning. A line breaks between facts."""
    canvas, style, strong = slide.canvas, slide.typography.body, slide.typography.small_strong
    x: float = MARGIN
    for i, fact in enumerate(_list_facts(slide)):
        font, colour = (strong, slide.theme.ink) if i == 0 else (style, slide.theme.quiet)
        text = canvas.fit(fact, font, MOST_TITLE if i == 0 else RIGHT - MARGIN)
        between = "" if x == MARGIN else "  ·  "
        width = canvas.text_width(between, style) + canvas.text_width(text, font)
        if between and x + width > RIGHT:
            x, y, between = MARGIN, y + LINE, ""
        x += canvas.text(x, y, between, style, slide.theme.quiet)
        x += canvas.text(x, y, text, font, colour)
    return y


def _list_facts(slide: SlidePage) -> list[str]:
    words, journey_map = slide.words, slide.presentation.journey_map
    facts = [
        " · ".join(filter(None, (kind_text(slide.presentation, words), journey_map.title))),
        words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date()),
        filter_text(slide.presentation, words),
        *totals_texts(slide.presentation, words),
        words("map.as_of", moment=words.moment(journey_map.as_of)),
    ]
    if slide.presentation.has_visible_figure:
        facts.append(words(f"map.meaning.{slide.gauge.scale}"))
    if has_bare_counts(slide) and not slide.presentation.is_empty:
        facts.append(words(f"map.legend.counts.{'people' if journey_map.counts_people else 'answers'}"))
    return [fact for fact in facts if fact]


def _list_entries(slide: SlidePage) -> list[LegendEntry]:
    """Return the meanings of the marks that occur on the slide."""
    canvas, words, theme, stages = slide.canvas, slide.words, slide.theme, slide.stages
    visible = [stage for stage in stages if stage.headline.is_visible]
    entries = []
    if visible:
        entries.append(LegendEntry(KEY, width_symbol(canvas, KEY), words("map.legend.band")))
    entries += side_entries(canvas, slide.presentation, words, 1.6 * KEY, is_short=True)
    if any(stage.before is not None and stage.headline.is_judged for stage in visible):
        entries.append(LegendEntry(KEY, _dash(slide, theme.ghost, (3, 8)), words("map.legend.before")))
    if targets := [stage.figures.target for stage in stages if stage.figures.target is not None and visible]:
        text = words("map.legend.target_at", value=_range_text(slide, min(targets), max(targets)))
        entries.append(LegendEntry(KEY, _dash(slide, theme.ink, (9, 7)), text))
    if any(stage.headline.is_judged and not stage.headline.is_certain(slide.gauge) for stage in stages):
        symbol = face_symbol(canvas, 18, 2, KEY, is_certain=False)
        entries.append(LegendEntry(KEY, symbol, words("map.legend.striped")))
    if not slide.presentation.is_empty and any(not stage.headline.is_judged for stage in stages):
        entries.append(LegendEntry(KEY, face_symbol(canvas, 18, None, KEY), grey_text(slide.presentation, words)))
    if any(stage.headline.status is FigureStatus.WITHHELD for stage in stages):
        text = words("map.legend.withheld", n=slide.presentation.journey_map.minimum)
        entries.append(LegendEntry(KEY, lambda x, y: canvas.icon("lock", x + KEY / 2, y, 30, theme.on_grey), text))
    # One, on one line: the others stand on the wall and in words.
    for caveat in [*caveat_texts(slide.presentation.journey_map, words)][:1]:
        text = canvas.fit(caveat, slide.typography.body, RIGHT - MARGIN - 1.6 * KEY)
        entries.append(LegendEntry(KEY, lambda x, y: canvas.icon("caution", x + KEY / 2, y, 30, theme.quiet), text))
    if (text := compared_text(slide.presentation, words)) and slide.presentation.journey_map.contrast is None:
        entries.append(LegendEntry(KEY, lambda x, y: canvas.icon("compared", x + KEY / 2, y, 30, theme.quiet), text))
    return entries


def _dash(slide: SlidePage, colour: str, dash: tuple[float, float]) -> Callable[[float, float], None]:
    stroke = Stroke(colour, 3, dash, round=False)
    return lambda x, y: slide.canvas.line(((x, y), (x + KEY, y)), stroke)


def _range_text(slide: SlidePage, low: float, high: float) -> str:
    gauge = slide.gauge
    return gauge.format_figure(low, slide.words) if low == high else gauge.format_interval(low, high, slide.words)
