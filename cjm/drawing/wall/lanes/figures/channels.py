"""The lane of channels: visits, satisfaction, going on and complaints of each, and those that nobody uses."""

from collections.abc import Iterator

from cjm.drawing.presentation import FigurePresentation, FigureStatus, MapPresentation, present_score
from cjm.drawing.shapes.symbols import channel_symbol
from cjm.drawing.wall.cells import DETAIL, INDENT, Cell, draw_cells
from cjm.drawing.wall.page import WallLayout
from cjm.figures.map_parts.stage_facts import ChannelUse
from cjm.wording.words import FigureWords

MOST_CHANNELS = 6  # of a stage; the others are counted


def has_channels(presentation: MapPresentation) -> bool:
    return any(stage.figures.channels for stage in presentation.stages)


def draw_channels(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the channels of each stage; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_channels)


def _write_channels(cell: Cell) -> None:
    channels = cell.stage.figures.channels
    most = max((use.visits for stage in cell.wall.whole.stages for use in stage.figures.channels), default=0)
    for use in channels[:MOST_CHANNELS]:
        _write_channel(cell, use, most)
    if len(channels) > MOST_CHANNELS:
        cell.write_detail(cell.wall.words("map.more", n=len(channels) - MOST_CHANNELS))


def _write_channel(cell: Cell, use: ChannelUse, most: int) -> None:
    """Write name and visits, a bar on a scale that all stages share, and below it the figures."""
    wall, words = cell.wall, cell.wall.words
    icon, title = channel_symbol(use.channel), channel_title(use.channel, words)
    if not use.is_used:
        cell.compare(title, words("map.lane.channels.unused"), icon=icon, colour=wall.theme.on_grey)
        return
    cell.compare(title, words.number(use.visits), icon=icon)
    cell.draw_bar(((use.visits / max(most, 1), wall.theme.ghost),), above=7)
    _write_score(cell, present_score(use.score))
    for text in _figure_texts(cell, use):
        cell.write_detail(text)


def _write_score(cell: Cell, score: FigurePresentation) -> None:
    """Write satisfaction with its interval and n beside its face; a lock where it is withheld."""
    wall, gauge = cell.wall, cell.wall.gauge
    if score.status is FigureStatus.WITHHELD:
        y = cell.next_baseline(DETAIL + 1)
        wall.canvas.icon("lock", cell.left + 10, y - 6, 17, wall.theme.on_grey, weight=2.2)
        text = f"{wall.words(f'map.scale.{gauge.scale}')}: {wall.words('persona.withheld')}"
        cell.write(text, wall.typography.small, wall.theme.quiet, above=0, indent=INDENT, lines=2)
    elif score.is_visible:
        figure = gauge.format_figure(score.value, wall.words)
        y = cell.next_baseline(DETAIL + 1)
        colour = wall.theme.ink if score.is_judged else wall.theme.on_grey
        interval = gauge.format_interval(score.low, score.high, wall.words)
        wall.canvas.face(cell.left + 10, y - 6, 10, score.mood(gauge), is_certain=score.is_certain(gauge))
        text = f"{figure} ({interval}), {_n_text(score.n, wall.words)}"
        cell.write(text, wall.typography.small, colour, above=0, indent=INDENT, lines=2)


def _figure_texts(cell: Cell, use: ChannelUse) -> Iterator[str]:
    """Yield going on with its interval and n, and complaints."""
    words, conversion = cell.wall.words, present_score(use.conversion)
    if conversion.is_visible:
        share = words("map.flow.go_on", share=words.percent(conversion.value / 100))
        interval = f"{words.number(conversion.low)}–{words.percent(conversion.high / 100)}"
        yield f"{share} ({interval}), {_n_text(conversion.n, words)}"
    if use.complaints and use.visits >= cell.wall.presentation.journey_map.judge_from:
        yield f"{words.number(100 * use.complaints / use.visits, 1)} {words('map.complaint_rate')}"
    elif use.complaints:
        yield words("map.complaints", n=use.complaints)


def _n_text(n: int, words: FigureWords) -> str:
    return f"n\u202f=\u202f{words.number(n)}"


def channel_title(channel: str, words: FigureWords) -> str:
    """Return the name of a channel in the map's language."""
    key = f"map.channel.{channel}"
    return words(key) if words.has(key) else channel
