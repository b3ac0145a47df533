"""Picture of the channels: portrait, a section a channel, in it a row for each stage at which it was used."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.captions import filter_text
from cjm.drawing.phone.page import MARGIN, RIGHT
from cjm.drawing.phone.portrait import ROOM, PortraitPage
from cjm.drawing.presentation import FigurePresentation, MapPresentation, present_score
from cjm.drawing.primitives import Box, Picture
from cjm.drawing.theme import Theme
from cjm.drawing.typeset import TextMeasure
from cjm.figures.journey_map import JourneyMap, StageFigures
from cjm.figures.map_parts.stage_facts import ChannelUse
from cjm.wording.count_words import customers_text
from cjm.wording.flow_words import conversion_text
from cjm.wording.line_start import begin_line
from cjm.wording.personas.channel_words import ChannelSummary, channel_counts, list_channels, list_unused
from cjm.wording.plan_words import channel_name
from cjm.wording.words import FigureWords

__all__ = ["count_channel_pages", "lay_out_channels"]

MOST_ROWS = 14  # of a page: a messenger takes no picture that is much higher than wide
BAR_LEFT, BAR_WIDTH = MARGIN + 40, 300
FIGURE_LEFT = BAR_LEFT + BAR_WIDTH + 36


def lay_out_channels(
    presentation: MapPresentation, words: FigureWords, measure: TextMeasure, theme: Theme, page: int
) -> Picture:
    """Place everything of one page; a page beyond the last one is the last one."""
    sheet = PortraitPage(Canvas(measure, theme, words.language), presentation, words)
    pages, journey_map = _split_into_pages(list_channels(presentation.journey_map)), presentation.journey_map
    number = max(0, min(page, len(pages) - 1))
    turned = [words("map.page", page=number + 1, pages=len(pages))] if len(pages) > 1 else []
    facts = [sheet.describe_days(), filter_text(presentation, words), customers_text(journey_map, words), *turned]
    y = sheet.draw_head(journey_map.title, facts)
    figures: list[FigurePresentation] = []
    for summary in pages[number]:
        y = _draw_channel(sheet, summary, y, figures)
    if number == len(pages) - 1:
        y = _draw_unused(sheet, y)
    return sheet.to_picture(sheet.draw_foot(y, figures))


def count_channel_pages(journey_map: JourneyMap) -> int:
    """Return the number of pages."""
    return len(_split_into_pages(list_channels(journey_map)))


def _split_into_pages(summaries: Sequence[ChannelSummary]) -> list[list[ChannelSummary]]:
    """Return the channels by page; none is divided."""
    pages: list[list[ChannelSummary]] = [[]]
    for summary in summaries:
        rows = sum(len(each.uses) + 1 for each in pages[-1])
        if pages[-1] and rows + len(summary.uses) + 1 > MOST_ROWS:
            pages.append([])
        pages[-1].append(summary)
    return pages


def _draw_channel(page: PortraitPage, summary: ChannelSummary, y: float, figures: list[FigurePresentation]) -> float:
    top = y
    y = page.draw_heading(y, begin_line(channel_name(summary.channel, page.words)))
    counts = channel_counts(summary, page.presentation.journey_map, page.words)
    if counts:
        y = page.draw_facts(y + 50, counts)
    for stage, use in summary.uses:
        y = _draw_use(page, stage, use, y, figures)
    page.canvas.region(channel_name(summary.channel, page.words), Box(MARGIN, top + 40, ROOM, y - top - 30))
    return y


def _draw_use(
    page: PortraitPage, stage: StageFigures, use: ChannelUse, y: float, figures: list[FigurePresentation]
) -> float:
    """Draw a stage of a channel: its title and visits, figure with interval and people, conversion."""
    canvas, type_, words = page.canvas, page.typography, page.words
    y += 64
    visits = words("map.visits", n=use.visits) if use.visits else ""
    width = canvas.text(RIGHT, y, visits, type_.body, page.theme.quiet, align=Align.RIGHT)
    canvas.text(MARGIN, y, stage.title, type_.name, page.theme.ink, max_width=ROOM - width - 28)
    figure = present_score(use.score)
    figures.append(figure)
    if figure.n:
        y = _draw_figure(page, figure, y + 50)
    conversion = conversion_text(use.conversion, words) if use.conversion is not None else ""
    return page.draw_text(y, conversion, type_.body, page.theme.quiet, most=2, indent=40)


def _draw_figure(page: PortraitPage, figure: FigurePresentation, y: float) -> float:
    canvas, style = page.canvas, page.typography.body
    left = float(BAR_LEFT)
    if figure.is_visible:
        page.draw_bar(BAR_LEFT, y - 12, BAR_WIDTH, figure)
        mood = figure.mood(page.gauge)
        colour = page.theme.on_grey if mood is None else page.theme.mood_texts[mood]
        text = page.gauge.format_figure(figure.value, page.words)
        left = FIGURE_LEFT + canvas.text(FIGURE_LEFT, y, text, page.typography.lead_strong, colour) + 24
    else:
        canvas.icon("lock", left + 16, y - 12, 34, page.theme.on_grey)
        left += 48
    lines = canvas.wrap(page.describe_audience(figure), style, RIGHT - left, 2)
    canvas.lines(left, y, lines, style, page.theme.quiet)
    return y + (len(lines) - 1) * style.line


def _draw_unused(page: PortraitPage, y: float) -> float:
    """Draw the channels that nobody used; or that nothing is known of channels."""
    words, unused = page.words, list_unused(page.presentation.journey_map)
    style = page.typography.name
    if unused:
        page.canvas.rule(MARGIN, RIGHT, y + 36, 2)
        names = ", ".join(channel_name(each, words) for each in unused)
        return page.draw_text(y + 48, words("plan.channels.unused", list=names), style, page.theme.ink)
    if not list_channels(page.presentation.journey_map):
        return page.draw_text(y + 40, words("channels.none"), style, page.theme.ink)
    return y
