"""People behind the headline scores of channels: exact where a stage has few rows, about where it has many.

The rows of all channels of the small stages are read by one statement. In a large stage a channel takes over the people
per person-day of the whole stage, and how alike the days of a person are.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.db.engine.database import Connection
from bot.db.figures.map_parts.channel_sums import ChannelTable
from bot.db.figures.map_sums import ScopeCounters
from bot.db.figures.people_sums import count_rows, raise_least
from bot.db.figures.person_rows import MOST_ROWS, PeopleKey, group_people_by_channel
from cjm.figures.people import CountBasis, PeopleSums, PersonDaySums, add_settled, scale_clusters, single_days
from cjm.figures.period_figures import NOBODY, PeopleTable
from cjm.scales import Scale

ChannelPeople = dict[tuple[str, str], PeopleSums]
"""(present key of a stage, channel) → the people behind its score."""


def read_channel_people(
    tx: Connection, counters: ScopeCounters, scale: Scale, table: ChannelTable, people: PeopleTable
) -> ChannelPeople:
    """Return the people of each channel that was answered at; ``people`` are those of whole stages in the scope."""
    if counters.scope.journey.anonymous:
        days = {key: counts.live + counts.settled for key, counts in table.items()}
        return {key: single_days(sums) for key, sums in days.items() if sums.n > 0}
    live = {key: counts.live for key, counts in table.items() if counts.live.n > 0}
    found = _read_exact(tx, counters, scale, live)
    large = {key: sums for key, sums in live.items() if key not in found}
    found |= _estimate(tx, counters, scale, large, people)
    for key, counts in table.items():
        if counts.settled.n > 0:
            found[key] = add_settled(found.get(key, NOBODY), counts.settled, counts.returned)
    return found


def _read_exact(
    tx: Connection, counters: ScopeCounters, scale: Scale, live: Mapping[tuple[str, str], PersonDaySums]
) -> ChannelPeople:
    """Return the people of the stages that have few rows, where rows and counters agree."""
    row_counts = count_rows(counters)
    stages = {PeopleKey(stage, scale) for stage, _ in live}
    groups = group_people_by_channel(tx, counters, sorted(key for key in stages if row_counts[key] <= MOST_ROWS))
    return {
        (key.subject, channel): PeopleSums(live[key.subject, channel], group.clusters)
        for (key, channel), group in groups.items()
        if (key.subject, channel) in live and group.person_days == live[key.subject, channel].n
    }


def _estimate(
    tx: Connection,
    counters: ScopeCounters,
    scale: Scale,
    large: Mapping[tuple[str, str], PersonDaySums],
    people: PeopleTable,
) -> ChannelPeople:
    found: ChannelPeople = {}
    for (stage, channel), sums in large.items():
        whole = people.get((stage, scale), NOBODY)
        is_single = whole.clusters.basis is CountBasis.EXACT and whole.clusters.people == whole.sums.n
        found[stage, channel] = single_days(sums) if is_single else scale_clusters(whole, sums, counters.scope.days)
    for channel in sorted({channel for _, channel in large}):
        found |= _raise_least(tx, counters, scale, channel, found)
    return found


def _raise_least(
    tx: Connection, counters: ScopeCounters, scale: Scale, channel: str, found: Mapping[tuple[str, str], PeopleSums]
) -> ChannelPeople:
    of_channel = replace(counters, scope=replace(counters.scope, channel=channel))
    people = {PeopleKey(stage, scale): each for (stage, of), each in found.items() if of == channel}
    raised = raise_least(tx, of_channel, people)
    return {(stage, channel): each for (stage, _), each in raised.items()}
