"""Words of channels over the whole journey: what each was used for, and those that nobody used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cjm.figures.journey_map import JourneyMap, StageFigures
from cjm.figures.map_parts.stage_facts import ChannelUse
from cjm.wording.figure_words import score_text
from cjm.wording.flow_words import conversion_text
from cjm.wording.line_start import begin_line
from cjm.wording.plan_words import channel_name
from cjm.wording.words import FigureWords


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """Channel of a journey with its use at each stage. Visits and complaints are sums over the stages.

    A score over all stages is not among them: somebody may have answered at several, and counts once.
    """

    channel: str
    uses: tuple[tuple[StageFigures, ChannelUse], ...]

    @property
    def visits(self) -> int:
        return sum(use.visits for _, use in self.uses)

    @property
    def complaints(self) -> int:
        return sum(use.complaints for _, use in self.uses)


def list_channels(journey_map: JourneyMap) -> tuple[ChannelSummary, ...]:
    """Return the channels that were used, the one with most visits first."""
    found: dict[str, list[tuple[StageFigures, ChannelUse]]] = {}
    for stage in journey_map.stages:
        for use in stage.channels:
            if use.is_used:
                found.setdefault(use.channel, []).append((stage, use))
    summaries = [ChannelSummary(channel, tuple(uses)) for channel, uses in found.items()]
    return tuple(sorted(summaries, key=lambda each: (-each.visits, each.channel)))


def list_unused(journey_map: JourneyMap) -> Sequence[str]:
    """Return the channels that some stage offers and nobody used at any stage."""
    used = {summary.channel for summary in list_channels(journey_map)}
    offered = {use.channel: None for stage in journey_map.stages for use in stage.channels}
    return [channel for channel in offered if channel not in used]


def channel_counts(summary: ChannelSummary, journey_map: JourneyMap, words: FigureWords) -> list[str]:
    """Return ["1 204 visits", "2.5 complaints per 100 visits"]; few visits have a number and no rate."""
    parts = [words("map.visits", n=summary.visits)] if summary.visits else []
    if summary.complaints and summary.visits >= journey_map.judge_from:
        parts.append(f"{words.number(100 * summary.complaints / summary.visits, 1)} {words('map.complaint_rate')}")
    elif summary.complaints:
        parts.append(words("map.complaints", n=summary.complaints))
    return parts


def channel_parts(journey_map: JourneyMap, words: FigureWords) -> Iterator[tuple[str, list[str]]]:
    """Yield each channel with its lines; those that nobody used share a line without a heading."""
    summaries = list_channels(journey_map)
    for summary in summaries:
        counts = " · ".join(channel_counts(summary, journey_map, words))
        lines = [_use_text(stage, use, journey_map, words) for stage, use in summary.uses]
        yield begin_line(channel_name(summary.channel, words)), [line for line in (counts, *lines) if line]
    if unused := list_unused(journey_map):
        yield "", [words("plan.channels.unused", list=", ".join(channel_name(each, words) for each in unused))]
    elif not summaries:
        yield "", [words("channels.none")]


def _use_text(stage: StageFigures, use: ChannelUse, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return "Delivery: 72% satisfied, 95% range …, 60 people; 65% go on, …"; empty where only visits are known."""
    score = score_text(journey_map.scale, use.score, journey_map, words) if use.score is not None else ""
    conversion = conversion_text(use.conversion, words) if use.conversion is not None else ""
    parts = [part.removesuffix(".") for part in (score, conversion) if part]
    return f"{stage.title}: {'; '.join(parts)}" if parts else ""
