"""Read the channels of all stages in a scope, for the lane of channels on a map.

Invariants:
* The number of statements does not depend on how many channels or answers there are, except that each channel of a
  large stage that seems to have few people costs one bounded look at rows.
* What may be shown of a channel is what a map that is narrowed to it would show.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.db.engine.database import Connection
from bot.db.figures.flow_reads import read_few_walks
from bot.db.figures.map_parts.channel_people import ChannelPeople, read_channel_people
from bot.db.figures.map_parts.channel_sums import ChannelTable, read_channel_sums
from bot.db.figures.map_sums import MapScope, ScopeCounters
from bot.db.figures.part_people import read_parts
from bot.db.figures.person_rows import MOST_ROWS, PeopleKey
from cjm.figures.part_disclosure import part_name
from cjm.figures.people import PeopleSums
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.plan.stage_channels import ChannelFigures
from cjm.figures.walks.flow_counters import FlowCounters, StageWalk
from cjm.figures.walks.stage_flow import ConversionCounts, FlowMoment, count_conversion
from cjm.journeys.journey import Segment

StageChannels = Mapping[str, Mapping[str, ChannelFigures]]
"""Present key of a stage → channel → its figures."""


def read_channels(
    tx: Connection,
    counters: ScopeCounters,
    segment: Segment | None,
    figures: PeriodFigures,
    minimum: int,
    now: datetime,
) -> StageChannels:
    """Return the channels that were used at each stage; ``figures`` are those of the scope, which has ``segment``."""
    scope, scale = counters.scope, counters.scope.journey.scale
    table = read_channel_sums(tx, scope, scale, now)
    conversions = _count_conversions(tx, scope, table, now)
    channel_people = read_channel_people(tx, counters, scale, table, figures.people)
    hidden = _find_hidden(tx, counters, segment, figures, channel_people, minimum)
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
    figures: PeriodFigures,
    people: ChannelPeople,
    minimum: int,
) -> set[tuple[str, str]]:
    """Return the channels whose score beside the others would tell that of fewer people than the minimum.

    One with fewer people is withheld in any case. The only channel of a stage is hidden where the stage is.
    """
    scale = counters.scope.journey.scale
    enough = {key for key, each in people.items() if each.clusters.at_least >= minimum}
    only = {key for key in enough if _is_only_channel(key, people, figures.find_people(key[0], scale))}
    wanted = {PeopleKey(stage, scale) for stage, _ in enough - only}
    parts = read_parts(tx, counters, minimum, wanted) if wanted else {}
    shown = {key.subject: part.find_shown(minimum) for key, part in parts.items()}
    name = segment.key if segment else None
    hidden = {key for key in enough - only if key[0] in shown and part_name(name, key[1]) not in shown[key[0]]}
    return hidden | {key for key in only if (key[0], scale) in figures.hidden}


def _is_only_channel(key: tuple[str, str], people: ChannelPeople, of_stage: PeopleSums) -> bool:
    """True if all answers of a stage came by this channel, none by another one beside it on the same day."""
    has_others = any(stage == key[0] and channel != key[1] for stage, channel in people)
    return not has_others and people[key].sums == of_stage.sums


def _count_conversions(
    tx: Connection, scope: MapScope, table: ChannelTable, now: datetime
) -> dict[tuple[str, str], ConversionCounts]:
    """Return the counts of conversion: exact where a stage has few walks. Nobody leaves the last stage."""
    journey = scope.journey
    walks = _read_walks(tx, scope, table)
    moment = FlowMoment(now.astimezone(UTC), journey.window, journey.zone)
    found = {}
    for key, counts in table.items():
        is_last = key[0] == journey.stages[-1].key
        rest = _find_other_walks(counts.flow, walks[key], scope)
        found[key] = ConversionCounts(0, 0, 0) if is_last else count_conversion(walks[key], rest, moment)
    return found


def _find_other_walks(flow: FlowCounters, walks: Sequence[StageWalk], scope: MapScope) -> FlowCounters:
    """Return the counters of the walks that were not read."""
    if len(walks) == flow.walks:  # by far the most frequent case, and taking out costs more than reading
        return FlowCounters(flow.detail)
    flow.take_out(walks, scope.journey.window)
    return flow


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
