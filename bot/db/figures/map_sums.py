"""Sums of counters for a map: what was counted in a period, a segment and a channel.

* Reading costs the same after ten million answers as after ten thousand.
* A counter with channel "" corrects those of the channels: the sum over all is the figure over all channels.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.types import NULLTYPE

from bot.db.counters.tables import tally_table
from bot.db.counters.window_counters import SUMS, TOTAL_PARAMS, select_parts, select_totals, window_params
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.journeys import cohorts
from cjm.figures.day.day_places import PART_PREFIX
from cjm.figures.period_figures import CountTable
from cjm.figures.tally import (
    ASKED,
    ASKED_AT,
    CUSTOMERS,
    MEASURE,
    PEOPLE,
    CounterSums,
)
from cjm.journeys.journey import Journey, Segment
from cjm.scales import Scale

# What tells most keys apart comes first: SQLite sorts rows to group them.
_KEY = ("subject", "bucket", "measure", "settled")


@dataclass(frozen=True, slots=True)
class MapScope:
    """Part of a journey that a map covers: days, both included; the cohorts of a segment, or all; a channel, or all."""

    journey: Journey
    first: date
    last: date
    cohorts: tuple[int, ...] | None = None
    channel: str | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_narrow(self) -> bool:
        """True if the scope leaves somebody out."""
        return self.cohorts is not None or self.channel is not None


@dataclass(frozen=True, slots=True)
class ScopeCounters:
    """Counters of a scope, and of what it is a part of, read together.

    Rows stand behind the ``live`` counters of the scope, and behind none of the ``settled`` ones; ``table`` is the sum
    of both. ``across`` are the live counters of the same cohorts over all channels, ``everyone`` those of all cohorts
    and channels. ``stored_keys`` are the keys that person-days of a place are stored under, by its present key.
    ``measures`` are those that were counted of anybody, live or settled.
    """

    scope: MapScope
    table: CountTable
    live: CountTable
    settled: CountTable
    across: CountTable
    everyone: CountTable
    stored_keys: Mapping[str, Collection[str]]
    measures: Collection[str]


def find_cohorts(tx: Connection, journey: Journey, segment: Segment | None) -> tuple[int, ...] | None:
    """Return the ids of the cohorts that a segment includes; None without a segment."""
    if segment is None:
        return None
    return tuple(
        number for number, cohort in cohorts.list_by_journey(tx, journey.key).items() if segment.includes(cohort)
    )


def read_counters(tx: Connection, scope: MapScope, measures: Collection[str] | None = None) -> ScopeCounters:
    """Return the sums of counters of a scope and of what it is a part of; of some measures, or all.

    Those of flow, of operational measures, of what became of questions and of parts of the day are left out.
    """
    table, live, settled, across, everyone = (_CountTable() for _ in range(5))
    stored_keys: defaultdict[str, set[str]] = defaultdict(set)
    counted, subjects = set[str](), set[str]()
    for row in _read_totals(tx, scope, measures):
        counted.add(row.measure)
        subjects.add(row.subject)
        subject = scope.journey.current_key(row.subject)
        key, sums = (subject, row.measure), _sums_from_row(row)
        if not scope.is_narrow:
            table.add(key, row.bucket, sums)
        (settled if row.settled else everyone).add(key, row.bucket, sums)
        if row.measure == CUSTOMERS or row.measure.endswith(PEOPLE):
            stored_keys[subject].add(row.subject)
    if not scope.is_narrow:
        return ScopeCounters(scope, table, everyone, settled, everyone, everyone, stored_keys, counted)
    settled = _CountTable()
    if scope.channel is None:
        across = live  # nothing is left out: one table serves as both
    for row in _read_parts(tx, scope, counted, subjects):
        key, sums = (scope.journey.current_key(row.subject), row.measure), _sums_from_row(row)
        if not row.settled and across is not live:
            across.add(key, row.bucket, sums)
        if row.is_in_channel:
            table.add(key, row.bucket, sums)
            (settled if row.settled else live).add(key, row.bucket, sums)
    return ScopeCounters(scope, table, live, settled, across, everyone, stored_keys, counted)


class _CountTable(defaultdict[tuple[str, str], defaultdict[str, CounterSums]]):
    def __init__(self) -> None:
        super().__init__(lambda: defaultdict(lambda: CounterSums(0)))

    def add(self, key: tuple[str, str], bucket: str, sums: CounterSums) -> None:
        buckets = self[key]
        before = buckets.get(bucket)
        buckets[bucket] = sums if before is None else before + sums


def scope_params(scope: MapScope) -> dict[str, Any]:
    """Return the parameters of statements over `bot.db.counters.window_counters`."""
    return window_params(scope.journey.key, scope.first, scope.last, scope.cohorts, scope.channel)


def select_counted(*, by_cohort: bool, by_channel: bool) -> Subquery:
    """Select some counters of the cohorts and the channel of a scope, or of everyone, for `scope_params`.

    They are those of the parameters ``measures`` and ``subjects``, as for `select_parts`.
    """
    if not by_cohort and not by_channel:
        return select_totals(is_some=True)
    return select_parts(by_cohort=by_cohort, by_channel=by_channel, is_some=True)


def _read_totals(tx: Connection, scope: MapScope, measures: Collection[str] | None) -> Iterable[Any]:
    is_some, params = measures is not None, scope_params(scope)
    if measures is None:
        rows: Iterable[Any] = _prepare_totals().list_rows(tx, {name: params[name] for name in TOTAL_PARAMS})
    else:
        rows = tx.execute(_select_totals(is_some=True), params | {"measures": measures})
    return (row for row in rows if not _is_left_out(row, is_some=is_some))


def _read_parts(
    tx: Connection, scope: MapScope, measures: Collection[str], subjects: Collection[str]
) -> Iterable[Row[Any]]:
    """Return the sums of a scope; ``measures`` and ``subjects`` are all that were counted of everyone."""
    sums = _select_parts(by_cohort=scope.cohorts is not None, by_channel=scope.channel is not None)
    return tx.execute(sums, scope_params(scope) | {"measures": sorted(measures), "subjects": sorted(subjects)})


@cache
def _prepare_totals() -> PreparedStatement:
    return PreparedStatement(_select_totals(is_some=False))


@cache
def _select_totals(*, is_some: bool) -> Select[Any]:
    return _select_sums(select_totals(key=_KEY, is_some=is_some), is_some=is_some)


@cache
def _select_parts(*, by_cohort: bool, by_channel: bool) -> Select[Any]:
    """Select the sums of the cohorts of a scope over all channels, with a column that tells whether it is in scope."""
    parts = select_parts(by_cohort=by_cohort, key=(*_KEY, "channel") if by_channel else _KEY, is_some=True)
    in_channel = case((parts.c.channel == bindparam("channel", type_=String), 1), else_=0) if by_channel else literal(1)
    sums = _select_sums(parts, is_some=True).add_columns(in_channel.label("is_in_channel"))
    # By name: PostgreSQL takes an expression with parameters for another one when it is repeated.
    return sums.group_by("is_in_channel") if by_channel else sums


def _select_sums(counted: Subquery, *, is_some: bool) -> Select[Any]:
    measure = counted.c.measure
    # Patterns are left to `_is_left_out`: for each row they would cost as much as summing it.
    is_counted = measure.in_(bindparam("measures", type_=String, expanding=True)) if is_some else measure != ASKED_AT
    key = [counted.c[name] for name in _KEY]
    # As the driver gives them: `_sums_from_row` makes numbers of them.
    sums = [type_coerce(func.sum(counted.c[name]), NULLTYPE).label(name) for name in SUMS]
    return select(*key, *sums).where(is_counted).group_by(*key)


def _is_left_out(row: Any, *, is_some: bool) -> bool:
    """Return whether sums are of parts of the day, or of measures that others read unless some are wanted."""
    return row.subject.startswith(PART_PREFIX) or (not is_some and row.measure.startswith((ASKED, MEASURE)))


def _sums_from_row(row: Any) -> CounterSums:
    # PostgreSQL returns Decimal for a sum, SQLite int or float.
    return CounterSums(int(row.n), float(row.total), float(row.squares), float(row.raw), float(row.mean_squares))


def is_counted_in(scope: MapScope) -> ColumnElement[bool]:
    """Return the condition on counters: they belong to a scope."""
    condition = (tally_table.c.journey == scope.journey.key) & tally_table.c.day.between(scope.first, scope.last)
    if scope.cohorts is not None:
        condition &= tally_table.c.cohort_id.in_(scope.cohorts)
    return condition if scope.channel is None else condition & (tally_table.c.channel == scope.channel)


CohortCounts = Mapping[int, Mapping[str, Mapping[str, int]]]
"""Cohort -> place -> bucket -> answers, buckets as the counters have them."""


def sum_by_cohort(tx: Connection, scope: MapScope, subjects: Collection[str], scale: Scale) -> CohortCounts:
    """Return the answers on a scale at these places, by the cohort of those who gave them.

    ``subjects`` are present keys of stages and touchpoints.
    """
    stored = [key for subject in subjects for key in list_keys(scope.journey, subject)]
    parts = select_parts(by_cohort=scope.cohorts is not None, by_channel=scope.channel is not None)
    key = (parts.c.cohort_id, parts.c.subject, parts.c.bucket)
    sums = select(*key, func.sum(parts.c.n).label("n")).where(parts.c.measure == scale, parts.c.subject.in_(stored))
    counts: defaultdict[int, defaultdict[str, defaultdict[str, int]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(int))
    )
    for row in tx.execute(sums.group_by(*key), scope_params(scope)):
        counts[row.cohort_id][scope.journey.current_key(row.subject)][row.bucket] += int(row.n)
    return counts


def list_keys(journey: Journey, subject: str) -> list[str]:
    """Return the present and former keys of a stage or touchpoint."""
    place = journey.find_place(subject)
    return [subject] if place is None else [place.part.key, *place.part.was]


def list_all_keys(journey: Journey) -> list[str]:
    """Return the present and former keys of all stages and touchpoints."""
    return [key for stage in journey.stages for key in list_place_keys(journey, stage.key)]


def list_place_keys(journey: Journey, subject: str) -> list[str]:
    """Return the present and former keys of a stage or touchpoint; those of a stage include its touchpoints'."""
    place = journey.find_place(subject)
    points = place.stage.touchpoints if place is not None and place.touchpoint is None else ()
    return [key for part in (subject, *(p.key for p in points)) for key in list_keys(journey, part)]


def find_latest_day(tx: Connection, journey: str) -> date | None:
    """Return the latest day that anything was counted for; None while nothing was."""
    latest: date | None = tx.scalar(select(func.max(tally_table.c.day)).where(tally_table.c.journey == journey))
    return latest


def row_condition(scope: MapScope, table: FromClause) -> ColumnElement[bool]:
    """Return the condition on rows of a table of facts: they belong to the scope."""
    condition = (table.c.journey == scope.journey.key) & table.c.day.between(scope.first, scope.last)
    if scope.cohorts is not None:
        condition &= table.c.cohort_id.in_(scope.cohorts)
    if scope.channel is not None:
        condition &= table.c.channel == scope.channel
    return condition
