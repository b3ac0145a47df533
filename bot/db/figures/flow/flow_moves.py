"""Counters of flow in a scope: entries, amounts and conversions, by the hour, by blocks of hours, and by the day.

* How finely hours are told apart, `cjm.figures.walks.entry_times` says. The database adds up the hours of a block.
* The rows of a long window are weeks (`cjm.figures.facts.spans`), whose days the database adds up, and the days that no
  whole week covers.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
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
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from bot.db.counters.tables import tally_table, total_table, week_table
from bot.db.engine.columns import Id
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, list_keys
from cjm.figures.facts.spans import DAY, WEEK, DayRange
from cjm.figures.tally import ENTERED, CounterSums
from cjm.figures.walks.durations import HOUR_SECONDS
from cjm.figures.walks.entry_times import EntryDetail, find_block, name_block
from cjm.figures.walks.flow_counters import DAY_SECONDS, WHOLE_WEEK, FlowMove, shift_moments

_SUMS = ("n", "total", "squares", "raw")
_HOURS, _BLOCKS, _WEEKS = "hours", "blocks", "weeks"
"""Kinds of rows, which are also the names of the parameters with their days."""


def list_flow_moves(
    tx: Connection, scope: MapScope, detail: EntryDetail, measures: Collection[str]
) -> Iterator[tuple[str, FlowMove]]:
    """Yield the counters of these measures of flow, no durations, each with the key that its stage is stored under."""
    by_cohort, by_channel = scope.cohorts is not None, scope.channel is not None
    entries = _select_entries(by_cohort=by_cohort, by_channel=by_channel)
    for row in tx.execute(entries, _entry_params(scope, detail, measures)).all():
        day, bucket, sums = row.day, row.bucket, _read_sums(row)
        if row.kind == _BLOCKS:
            bucket = name_block(row.block)
            if row.measure == ENTERED:
                sums = shift_moments(sums, -row.block * HOUR_SECONDS)
        elif row.kind == _WEEKS:
            bucket = WHOLE_WEEK
        yield row.subject, FlowMove(day, row.measure, bucket, sums)


def _read_sums(row: Any) -> CounterSums:
    # PostgreSQL returns Decimal for a sum, SQLite int or float.
    return CounterSums(int(row.n), float(row.total), float(row.squares), float(row.raw))


def _entry_params(scope: MapScope, detail: EntryDetail, measures: Collection[str]) -> dict[str, Any]:
    """Return the parameters of entries: each day and each week by itself, so that the key leads to their rows."""
    days = DayRange(max(scope.first, detail.hours_from), scope.last).list_days()
    blocks = [day for day in days if detail.is_in_blocks(day)]
    old = DayRange(scope.first, min(scope.last, detail.hours_from - timedelta(days=1)))
    blocks += [day for day in old.list_days() if not detail.is_in_weeks(day)]
    return {
        "journey": scope.journey.key,
        _HOURS: [day for day in days if not detail.is_in_blocks(day)],
        _BLOCKS: blocks,
        _WEEKS: detail.in_weeks.list_days(WEEK),
        "measures": list(measures),
        "stages": [key for stage in scope.journey.stages for key in list_keys(scope.journey, stage.key)],
        "cohorts": scope.cohorts or (),
        "channel": scope.channel,
    }


@cache
def _select_entries(*, by_cohort: bool, by_channel: bool) -> CompoundSelect[Any]:
    is_part = by_cohort or by_channel
    days, weeks = (tally_table, week_table) if is_part else (total_table, total_table)
    kinds = ((_HOURS, days, DAY), (_BLOCKS, days, DAY), (_WEEKS, weeks, WEEK))
    return union_all(
        *(
            _select_sums(table, kind).where(
                _is_of_days(table, kind, span), *_is_of_part(table, by_cohort=by_cohort, by_channel=by_channel)
            )
            for kind, table, span in kinds
        )
    )


def _select_sums(table: Table, kind: str) -> Select[Any]:
    """Select the sums of one kind of rows; those of hours in blocks, and of days in weeks, are added up."""
    key = [table.c[name] for name in ("measure", "subject", "day")]
    columns, sums = [literal(kind).label("kind"), *key], [table.c[name] for name in _SUMS]
    if kind == _HOURS:
        columns += [table.c.bucket, literal(0).label("block")]
        if table is total_table:  # but for settled ones each row is another hour: to sort all for these takes longer
            return select(*columns, *sums)
        return select(*columns, *_add_up(sums)).group_by(*key, table.c.bucket)
    part = cast(func.coalesce(func.nullif(table.c.bucket, ""), "0"), Integer)  # conversions have none
    if kind == _WEEKS:
        columns += [literal("").label("bucket"), literal(0).label("block")]
        return select(*columns, *_add_up(_place_in_week(table, part))).group_by(*key)
    columns += [literal("").label("bucket"), find_block(part).label("block")]
    # By name: PostgreSQL takes an expression with parameters for another one when it is repeated.
    return select(*columns, *_add_up(_count_from_midnight(table, part))).group_by(*key, "block")


def _add_up(sums: Iterable[ColumnElement[Any]]) -> Iterator[ColumnElement[Any]]:
    return (func.sum(each).label(name) for each, name in zip(sums, _SUMS, strict=True))


def _count_from_midnight(table: Table, hour: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """Return the sums of an hour with the moments of its entries counted from 00:00 UTC of the day."""
    c, seconds = table.c, hour * HOUR_SECONDS
    squares = c.squares + seconds * c.total
    raw = c.raw + seconds * (2 * c.squares + seconds * c.total)
    is_entry = c.measure == ENTERED
    return [c.n, c.total, case((is_entry, squares), else_=c.squares), case((is_entry, raw), else_=c.raw)]


def _place_in_week(table: Table, weekday: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """Return the sums of a day of the week with the moments at which the days of its entries begin."""
    c, seconds = table.c, weekday * DAY_SECONDS
    # The total, a fraction, first: PostgreSQL's whole numbers have no room for the square of these seconds.
    is_entry, starts = c.measure == ENTERED, c.total * seconds
    return [c.n, c.total, case((is_entry, starts), else_=c.squares), case((is_entry, starts * seconds), else_=c.raw)]


def _is_of_days(table: Table, kind: str, span: int) -> ColumnElement[bool]:
    is_there: ColumnElement[bool] = table.c.day.in_(bindparam(kind, type_=Date, expanding=True))
    is_there &= table.c.measure.in_(bindparam("measures", type_=String, expanding=True))
    is_there &= table.c.subject.in_(bindparam("stages", type_=String, expanding=True))
    if table is total_table:
        is_there &= table.c.span == literal(span, Integer)
    if table is not tally_table:
        is_there &= table.c.is_flow == literal(True, Boolean)
    return (table.c.journey == bindparam("journey", type_=String)) & is_there


def _is_of_part(table: Table, *, by_cohort: bool, by_channel: bool) -> Iterator[ColumnElement[bool]]:
    if by_cohort:
        yield table.c.cohort_id.in_(bindparam("cohorts", type_=Id, expanding=True))
    if by_channel:
        yield table.c.channel == bindparam("channel", type_=String)
