"""Counters of flow in a scope: entries and amounts by the hour of the last weeks and by the day before, and the rest.

The rows of a long window are weeks (`cjm.figures.facts.spans`), and the days that no whole week covers.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from bot.db.counters.tables import tally_table, total_table, week_table
from bot.db.engine.columns import Id
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, list_keys, scope_params, select_counted
from cjm.figures.facts.spans import BY_DAY, DAY, WEEK, DayRange, split_window
from cjm.figures.tally import CounterSums
from cjm.figures.walks.flow_counters import WHOLE_DAY, FlowMove

_SUMS = ("n", "total", "squares", "raw")


def list_flow_moves(
    tx: Connection, scope: MapScope, hours_from: date, measures: Collection[str]
) -> Iterator[tuple[str, FlowMove]]:
    """Yield the counters of these measures of flow, each with the key that its stage is stored under.

    Hours are told apart from ``hours_from`` on. What does not depend on the day stands at the first of the scope.
    """
    by_day = [measure for measure in measures if measure in BY_DAY]
    by_cohort, by_channel = scope.cohorts is not None, scope.channel is not None
    entries = _select_entries(by_cohort=by_cohort, by_channel=by_channel)
    for row in tx.execute(entries, _entry_params(scope, hours_from, by_day)).all():
        day, bucket = row.day, row.bucket
        if row.span == WEEK:
            day, bucket = day + timedelta(days=int(bucket)), WHOLE_DAY
        yield row.subject, FlowMove(day, row.measure, bucket, _read_sums(row))
    others = [measure for measure in measures if measure not in BY_DAY]
    if others:
        sums = _select_others(by_cohort=by_cohort, by_channel=by_channel)
        for row in tx.execute(sums, scope_params(scope) | {"measures": others}).all():
            yield row.subject, FlowMove(scope.first, row.measure, row.bucket, _read_sums(row))


def _read_sums(row: Any) -> CounterSums:
    # PostgreSQL returns Decimal for a sum, SQLite int or float.
    return CounterSums(int(row.n), float(row.total), float(row.squares), float(row.raw))


def _entry_params(scope: MapScope, hours_from: date, measures: Collection[str]) -> dict[str, Any]:
    """Return the parameters of entries: each day and each week by itself, so that the key leads to their rows."""
    days, weeks = [*_list_days(DayRange(max(scope.first, hours_from), scope.last))], []
    if scope.first < hours_from:
        before, whole, after = split_window(scope.first, min(scope.last, hours_from - timedelta(days=1)))
        days += [*_list_days(before), *_list_days(after)]
        weeks = [*_list_days(whole, WEEK)]
    return {
        "journey": scope.journey.key,
        "days": days,
        "weeks": weeks,
        "measures": list(measures),
        "stages": [key for stage in scope.journey.stages for key in list_keys(scope.journey, stage.key)],
        "cohorts": scope.cohorts or (),
        "channel": scope.channel,
    }


def _list_days(days: DayRange, step: int = DAY) -> Iterator[date]:
    return (days.first + timedelta(days=ago) for ago in range(0, (days.last - days.first).days + 1, step))


def _select_entries(*, by_cohort: bool, by_channel: bool) -> CompoundSelect[Any]:
    if not by_cohort and not by_channel:
        return _select_everyones_entries()
    return _select_entries_of_part(by_cohort=by_cohort, by_channel=by_channel)


_ENTRY_KEY = ("measure", "subject", "day", "bucket")


@cache
def _select_everyones_entries() -> CompoundSelect[Any]:
    columns = [total_table.c[name] for name in ("span", *_ENTRY_KEY, *_SUMS)]
    return union_all(
        *(
            select(*columns).where(_is_of_days(total_table, name), total_table.c.span == literal(span, Integer))
            for name, span in (("days", DAY), ("weeks", WEEK))
        )
    )


@cache
def _select_entries_of_part(*, by_cohort: bool, by_channel: bool) -> CompoundSelect[Any]:
    def of_span(table: Table, name: str, span: int) -> Select[Any]:
        is_meant = _is_of_days(table, name)
        if by_cohort:
            is_meant &= table.c.cohort_id.in_(bindparam("cohorts", type_=Id, expanding=True))
        if by_channel:
            is_meant &= table.c.channel == bindparam("channel", type_=String)
        key = [table.c[name] for name in _ENTRY_KEY]
        sums = [func.sum(table.c[name]).label(name) for name in _SUMS]
        return select(literal(span, Integer).label("span"), *key, *sums).where(is_meant).group_by(*key)

    return union_all(of_span(tally_table, "days", DAY), of_span(week_table, "weeks", WEEK))


def _is_of_days(table: Table, name: str) -> ColumnElement[bool]:
    is_there: ColumnElement[bool] = table.c.day.in_(bindparam(name, type_=Date, expanding=True))
    is_there &= table.c.measure.in_(bindparam("measures", type_=String, expanding=True))
    is_there &= table.c.subject.in_(bindparam("stages", type_=String, expanding=True))
    if table is not tally_table:
        is_there &= table.c.is_flow == literal(True, Boolean)
    return (table.c.journey == bindparam("journey", type_=String)) & is_there


@cache
def _select_others(*, by_cohort: bool, by_channel: bool) -> Select[Any]:
    """Select sums of durations and conversions over all days."""
    names = ("bucket", "subject", "measure")
    counted = select_counted(by_cohort=by_cohort, by_channel=by_channel, is_flow=True, key=names)
    key = [counted.c[name] for name in names]
    return select(*key, *(func.sum(counted.c[name]).label(name) for name in _SUMS)).group_by(*key)
