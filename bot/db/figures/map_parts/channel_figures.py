"""Read the channels of all stages in a scope, for the lane of channels on a map.

Invariants:
* The number of statements does not depend on how many channels or answers there are, except that each channel of a
  large stage that seems to have few people costs one bounded look at rows.
* What may be shown of a channel is what a map that is narrowed to it would show.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.db.engine.database import Connection
from bot.db.figures.flow_reads import read_few_walks
from bot.db.figures.map_parts.channel_people import list_stage_keys, read_channel_people
from bot.db.figures.map_parts.channel_sums import ChannelTable, read_channel_sums
from bot.db.figures.map_sums import MapScope, ScopeCounters
from bot.db.figures.part_people import read_parts
from bot.db.figures.person_rows import MOST_ROWS
from cjm.figures.map_parts.stage_channels import ChannelFigures
from cjm.figures.period_figures import PeopleTable
from cjm.figures.walks.flow_counters import StageWalk
from cjm.figures.walks.stage_flow import ConversionCounts, FlowMoment, count_conversion
from cjm.journeys.journey import Segment
from cjm.scales import Scale

StageChannels = Mapping[str, Mapping[str, ChannelFigures]]
"""Present key of a stage → channel → its figures."""


def read_channels(
    tx: Connection, counters: ScopeCounters, segment: Segment | None, people: PeopleTable, minimum: int, now: datetime
) -> StageChannels:
    """Return the channels that were used at each stage; ``people`` are those of whole stages in the scope.

    ``segment`` is that of the scope; scores of fewer than ``minimum`` people are not protected from the others here.
    """
    scope, scale = counters.scope, counters.scope.journey.scale
    table = read_channel_sums(tx, scope, scale, now)
    conversions = _count_conversions(tx, scope, table, now)
    channel_people = read_channel_people(tx, counters, scale, table, people)
    hidden = _find_hidden(tx, counters, segment, list(channel_people), scale, minimum)
    found: defaultdict[str, dict[str, ChannelFigures]] = defaultdict(dict)
    for (stage, channel), counts in table.items():
        key = stage, channel
        found[stage][channel] = ChannelFigures(
            visits=counts.visits,
            complaints=counts.complaints,
            people=channel_people.get(key),
            answers=counts.answers,
            recalled=counts.recalled,
            is_hidden=key in hidden,
            over=conversions[key].over,
            went_on=conversions[key].went_on,
        )
    return found


def _find_hidden(
    tx: Connection,
    counters: ScopeCounters,
    segment: Segment | None,
    keys: list[tuple[str, str]],
    scale: Scale,
    minimum: int,
) -> set[tuple[str, str]]:
    """Return the channels whose score beside the others would tell that of fewer people than the minimum."""
    if not keys:
        return set()
    parts = read_parts(tx, counters, minimum, list_stage_keys(keys, scale))
    segment_key = segment.key if segment else None
    hidden = set()
    for stage, channel in keys:
        of_stage = next((part for key, part in parts.items() if key.subject == stage), None)
        if of_stage is not None and not of_stage.is_shown(segment_key, channel, minimum):
            hidden.add((stage, channel))
    return hidden


def _count_conversions(
    tx: Connection, scope: MapScope, table: ChannelTable, now: datetime
) -> dict[tuple[str, str], ConversionCounts]:
    """Return the counts of conversion: exact where a stage has few walks. Nobody leaves the last stage."""
    journey = scope.journey
    walks = _read_walks(tx, scope, table)
    moment = FlowMoment(now.astimezone(UTC), journey.window, journey.zone)
    found = {}
    for key, counts in table.items():
        counts.flow.take_out(walks[key], journey.window)
        is_last = key[0] == journey.stages[-1].key
        found[key] = ConversionCounts(0, 0, 0) if is_last else count_conversion(walks[key], counts.flow, moment)
    return found


def _read_walks(tx: Connection, scope: MapScope, table: ChannelTable) -> defaultdict[tuple[str, str], list[StageWalk]]:
    totals: defaultdict[str, int] = defaultdict(int)
    stored: defaultdict[str, set[str]] = defaultdict(set)
    for (stage, _), counts in table.items():
        totals[stage] += counts.flow.walks
        stored[stage] |= counts.entry_keys
    few = [stage for stage in totals if totals[stage] <= MOST_ROWS and stage != scope.journey.stages[-1].key]
    walks: defaultdict[tuple[str, str], list[StageWalk]] = defaultdict(list)
    for stage, channel, walk in read_few_walks(tx, scope, {key for each in few for key in stored[each]}):
        walks[scope.journey.current_key(stage), channel].append(walk)
    return walks
