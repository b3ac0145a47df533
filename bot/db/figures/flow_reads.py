"""Flow of the stages in a scope: from rows where they are few, else from counters.

Where a stage has up to `MOST_ROWS` entries, their rows are read, and if none of them is settled, its flow is exact to
the second. Of a stage with more no row is read: counters know the hour, and the spread within it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import Select, select, union_all

from bot.db.engine.database import Connection
from bot.db.figures.flow.duration_reads import list_durations
from bot.db.figures.flow.flow_moves import list_flow_moves
from bot.db.figures.map_sums import MapScope
from bot.db.figures.person_rows import MOST_ROWS
from bot.db.journeys.tables import cohort_table, stage_entry_table
from cjm.figures.map_parts.stage_facts import StageAmount
from cjm.figures.tally import AMOUNT, ENTERED, WENT_ON
from cjm.figures.walks.entry_times import ZONE_CHANGE, EntryDetail
from cjm.figures.walks.flow_counters import FlowCounters, StageWalk
from cjm.figures.walks.stage_flow import FlowMoment, StageFlow, measure_flow
from cjm.figures.walks.walk_facts import measure_amount, withhold_amount
from cjm.journeys.journey import CHANNELS


def read_flow(
    tx: Connection, scope: MapScope, now: datetime, minimum: int, most_rows: int = MOST_ROWS
) -> dict[str, StageFlow]:
    """Return the flow of each stage that was entered in the scope, by the stage's key.

    Times are withheld with fewer than ``minimum`` walks, and amounts also where the walks outside of the scope that
    told one are fewer: the difference from everyone's amount would be theirs (see `withhold_amount`). Nobody leaves the
    last stage: its rows are not read.
    """
    journey = scope.journey
    counted = _read_counters(tx, scope, now)
    walks = _read_walks(tx, scope, counted, most_rows)
    moment = FlowMoment(now.astimezone(UTC), journey.window, journey.zone)
    flow = {}
    for stage, counts in counted.items():
        if len(walks[stage]) == counts.counters.walks:  # by far the most frequent case where rows are read
            counts.counters.take_out_all()
        else:
            counts.counters.take_out(walks[stage], journey.window)
        flow[stage] = measure_flow(walks[stage], counts.counters, moment, minimum=minimum)
    return _withhold_differences(tx, scope, flow, moment, minimum) if scope.is_narrow else flow


def _withhold_differences(
    tx: Connection, scope: MapScope, flow: Mapping[str, StageFlow], moment: FlowMoment, minimum: int
) -> dict[str, StageFlow]:
    if not any(each.amount for each in flow.values()):
        return dict(flow)
    everyone = _measure_amounts(tx, replace(scope, cohorts=None, channel=None), moment)
    return {
        stage: replace(each, amount=withhold_amount(each.amount, everyone[stage], minimum)) if each.amount else each
        for stage, each in flow.items()
    }


def _measure_amounts(tx: Connection, scope: MapScope, moment: FlowMoment) -> dict[str, StageAmount]:
    """Return the worth of the walks that told an amount, however few they are, by the stage's present key."""
    detail = EntryDetail.at(moment.now, scope.journey.window, scope.first, scope.last)
    counted: defaultdict[str, FlowCounters] = defaultdict(lambda: FlowCounters(detail))
    for subject, move in list_flow_moves(tx, scope, detail, (AMOUNT,)):
        counted[scope.journey.current_key(subject)].add(move)
    found = {
        stage: measure_amount(each.amounts, moment.now - moment.window, moment.zone, minimum=1)
        for stage, each in counted.items()
    }
    return {stage: amount for stage, amount in found.items() if amount is not None}


# ---- counters --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _StageCounts:
    """Counters of a stage, and the keys that they are stored under."""

    counters: FlowCounters
    stored_keys: set[str] = field(default_factory=set)


def _read_counters(tx: Connection, scope: MapScope, now: datetime) -> dict[str, _StageCounts]:
    detail = EntryDetail.at(now, scope.journey.window, scope.first, scope.last)
    counted: defaultdict[str, _StageCounts] = defaultdict(lambda: _StageCounts(FlowCounters(detail)))

    @cache
    def find_stage(stored: str) -> _StageCounts:
        stage = counted[scope.journey.current_key(stored)]
        stage.stored_keys.add(stored)
        return stage

    for stored, move in list_flow_moves(tx, scope, detail, (ENTERED, WENT_ON, AMOUNT)):
        find_stage(stored).counters.add(move)
    for found in list_durations(tx, scope):
        find_stage(found.stored).counters.add_duration(found.measure, found.bucket, found.sums)
    return {s.key: counted[s.key] for s in scope.journey.stages if s.key in counted and counted[s.key].counters.walks}


# ---- rows ------------------------------------------------------------------------------------------------------------


def _read_walks(
    tx: Connection, scope: MapScope, counted: Mapping[str, _StageCounts], most_rows: int
) -> defaultdict[str, list[StageWalk]]:
    """Return all walks of each stage that has few, by one statement for all stages."""
    last = scope.journey.stages[-1].key
    few = [each for stage, each in counted.items() if stage != last and each.counters.walks <= most_rows]
    walks: defaultdict[str, list[StageWalk]] = defaultdict(list)
    for stage, _, walk in read_few_walks(tx, scope, {key for each in few for key in each.stored_keys}, most_rows):
        walks[scope.journey.current_key(stage)].append(walk)
    return defaultdict(list, {stage: _choose_newest(found, most_rows) for stage, found in walks.items()})


def _choose_newest(walks: Iterable[StageWalk], most_rows: int) -> list[StageWalk]:
    # In the order of time alone: the same walks must be chosen however their rows are stored.
    return sorted(walks, key=lambda walk: (walk.at, walk.next_at or walk.at), reverse=True)[:most_rows]


def read_few_walks(
    tx: Connection, scope: MapScope, stored_keys: Collection[str], most_rows: int = MOST_ROWS
) -> list[tuple[str, str, StageWalk]]:
    """Return all walks of stages that are known to have few, each with the key of its stage and its channel."""
    branches = [_select_newest(scope, key, most_rows) for key in sorted(stored_keys)]
    if not branches:
        return []
    rows = tx.execute(union_all(*[select(branch.subquery()) for branch in branches]))
    return [(row.stage, row.channel, StageWalk(row.day, row.at, row.next_at)) for row in rows]


def _select_newest(scope: MapScope, stage: str, most_rows: int) -> Select[Any]:
    entry, first = stage_entry_table.c, datetime.combine(scope.first, time(), UTC) - ZONE_CHANGE
    is_meant = (
        (entry.journey == scope.journey.key)
        & (entry.stage == stage)
        & entry.at.between(first, datetime.combine(scope.last, time(), UTC) + ZONE_CHANGE)
        & entry.day.between(scope.first, scope.last)
    )
    walks = select(entry.stage, entry.channel, entry.day, entry.at, entry.next_at)
    if not scope.is_narrow:
        return walks.where(is_meant).order_by(entry.at.desc(), entry.next_at.desc()).limit(most_rows)
    # Both columns, so that the index of narrowed scopes leads to these rows. In order of time another index would seem
    # better, which leads to everyone's; the counters have told that there are not more rows than may be read.
    is_of_journey = select(cohort_table.c.id).where(cohort_table.c.journey == scope.journey.key)
    is_meant &= entry.cohort_id.in_(is_of_journey if scope.cohorts is None else scope.cohorts)
    return walks.where(is_meant, entry.channel.in_(CHANNELS if scope.channel is None else [scope.channel]))
