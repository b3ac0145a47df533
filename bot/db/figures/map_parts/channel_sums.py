"""Counters of the stages in a scope by channel, from one statement."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, literal, select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, is_counted_in
from cjm.figures.people import PersonDaySums
from cjm.figures.tally import COMPLAINTS, ENTERED, PEOPLE, RECALLED, RETURNED, VISITS, WENT_ON, CounterSums
from cjm.figures.walks.entry_times import ZONE_CHANGE, EntryDetail
from cjm.figures.walks.flow_counters import WHOLE_DAY, FlowCounters, FlowMove
from cjm.scales import Scale

_SUMS = ("n", "total", "squares", "raw", "mean_squares")


@dataclass(slots=True)
class ChannelCounts:
    """Counters of one channel of a stage, on one scale.

    Rows stand behind the ``live`` person-days, and behind none of the ``settled`` ones; ``returned`` of these are known
    to be of somebody who is counted already. ``entry_keys`` are the keys that walks are stored under.
    """

    flow: FlowCounters
    visits: int = 0
    complaints: int = 0
    answers: int = 0
    recalled: int = 0
    live: PersonDaySums = field(default_factory=PersonDaySums)
    settled: PersonDaySums = field(default_factory=PersonDaySums)
    returned: int = 0
    entry_keys: set[str] = field(default_factory=set)


ChannelTable = dict[tuple[str, str], ChannelCounts]
"""(present key of a stage, channel) → its counters."""


def read_channel_sums(tx: Connection, scope: MapScope, scale: Scale, now: datetime) -> ChannelTable:
    """Return the counters of each stage by channel; what no channel is known of is left out."""
    # A conversion divides the hour at which the journey's window began; all other hours of a day are one.
    hours_from = (now - scope.journey.window - ZONE_CHANGE).date()
    table: ChannelTable = defaultdict(lambda: ChannelCounts(FlowCounters(EntryDetail(hours_from))))
    for row in tx.execute(_select_sums(scope, scale, hours_from)):
        place = scope.journey.find_place(row.subject)
        if place is not None:
            is_stage = place.touchpoint is None
            _add_row(table[place.stage.key, row.channel], row, scale, is_stage=is_stage)
    return {key: counts for key, counts in table.items() if key[1]}


def _select_sums(scope: MapScope, scale: Scale, hours_from: date) -> Select[Any]:
    tally = tally_table.c
    measures = (VISITS, COMPLAINTS, ENTERED, WENT_ON, *_list_measures(scale))
    is_entry = tally.measure == ENTERED
    parts = {
        "entry_day": case((is_entry, tally.day), else_=literal(scope.first, tally.day.type)),
        "entry_bucket": case((is_entry & (tally.day >= hours_from), tally.bucket), else_=WHOLE_DAY),
    }
    key = (tally.subject, tally.measure, tally.channel, tally.settled)
    columns = [*key, *(part.label(name) for name, part in parts.items())]
    sums = [func.sum(tally[name]).label(name) for name in _SUMS]
    # By name: PostgreSQL takes an expression with parameters for another one when it is repeated.
    return (
        select(*columns, *sums).where(is_counted_in(scope) & tally.measure.in_(measures)).group_by(*key, *parts.keys())
    )


def _list_measures(scale: Scale) -> Iterator[str]:
    yield from (scale.value, scale + PEOPLE, RECALLED + scale, RETURNED + scale)


def _add_row(counts: ChannelCounts, row: Row[Any], scale: Scale, *, is_stage: bool) -> None:
    # PostgreSQL returns Decimal for a sum, SQLite int or float.
    n, rest = int(row.n), [float(getattr(row, name)) for name in _SUMS[1:]]
    if row.measure in (ENTERED, WENT_ON):
        move = FlowMove(row.entry_day, row.measure, row.entry_bucket, CounterSums(n, *rest))
        counts.flow.add(move)
        counts.entry_keys.add(row.subject)
    elif row.measure == VISITS:
        counts.visits += n
    elif row.measure == COMPLAINTS:
        counts.complaints += n
    elif row.measure == scale:
        counts.answers += n
    elif row.measure == RECALLED + scale:
        counts.recalled += n
    elif is_stage and row.measure == scale + PEOPLE:
        name = "settled" if row.settled else "live"
        setattr(counts, name, getattr(counts, name) + PersonDaySums(n, *rest))
    elif is_stage and row.settled:
        counts.returned += n
