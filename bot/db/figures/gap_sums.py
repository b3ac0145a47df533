"""Gap counters summed over a window, for everyone over all channels: in SQL, however many days and people there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Float,
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
    type_coerce,
    union_all,
)
from sqlalchemy.types import NULLTYPE

from bot.db.counters.tables import gap_tally_table, gap_week_table
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.figures.map_sums import MapScope
from cjm.figures.day.day_places import PART_PREFIX
from cjm.figures.facts.spans import DayRange, split_window
from cjm.figures.gaps import GAP_CLASSES, WindowGaps

_SUMS = ("previous", "pairs", "total", "products")
_NO_DAYS = DayRange(date.max, date.min)


def read_gaps(tx: Connection, scope: MapScope, *, by_part: bool = False) -> Mapping[tuple[str, str], WindowGaps]:
    """Return the gap counters of the days of a scope: (present key of a place, measure) -> sums.

    The places are those of the journey, or with ``by_part`` the parts of the day.

    As in `cjm.figures.gaps.share_in_window`, a day counts whole each class whose gaps end in the window, and in
    proportion the one class that the window's start divides. Weeks in which all days count a class whole are read as
    one.
    """
    found: defaultdict[tuple[str, str], WindowGaps] = defaultdict(WindowGaps)
    for row in _prepare_sums(tx.dialect.name, by_part=by_part).list_rows(tx, _window_params(scope)):
        key = scope.journey.current_key(row.subject), row.measure
        found[key] = _add(found[key], row)
    return found


def _add(before: WindowGaps, row: Any) -> WindowGaps:
    # PostgreSQL returns Decimal for a sum, SQLite int or float.
    return WindowGaps(
        previous=before.previous + float(row.previous),
        previous_whole=before.previous_whole + int(row.touched),
        same_day=before.same_day + int(row.same_day),
        pairs=before.pairs + float(row.pairs),
        total=before.total + float(row.total),
        products=before.products + float(row.products),
    )


def _window_params(scope: MapScope) -> dict[str, Any]:
    """Return the days to read of each class: those that count it whole, in weeks and beside them, and in proportion."""
    params: dict[str, Any] = {"journey": scope.journey.key, "window_first": scope.first}
    for gap, days in enumerate(GAP_CLASSES):
        first = scope.first + timedelta(days=days[-1])
        before, weeks, after = split_window(first, scope.last) if first <= scope.last else (_NO_DAYS,) * 3
        divided = DayRange(scope.first + timedelta(days=days[0]), min(scope.last, first - timedelta(days=1)))
        for name, each in (("before", before), ("weeks", weeks), ("after", after), ("divided", divided)):
            params |= {f"{name}_{gap}_first": each.first, f"{name}_{gap}_last": each.last}
    return params


@cache
def _prepare_sums(engine: str, *, by_part: bool) -> PreparedStatement:
    """Return the statement: with 400 parameters, SQLAlchemy's way to it takes as long as to read a month."""
    return PreparedStatement(_select_sums(engine, by_part=by_part))


def _select_sums(engine: str, *, by_part: bool) -> Select[Any]:
    divided = _list_ranges(("divided",))
    share = _share(cast(_days_between(engine, gap_tally_table.c.day), Float), divided)
    # Summed one by one: SQLite sorts rows to group them, and few columns of few rows are sorted quicker.
    counted = union_all(
        _sum_counters(gap_tally_table, _list_ranges(("before", "after")), by_part=by_part),
        _sum_counters(gap_week_table, _list_ranges(("weeks",)), by_part=by_part),
        _sum_counters(gap_tally_table, divided, share, by_part=by_part),
    ).subquery()
    key = (counted.c.subject, counted.c.measure)
    # As the driver gives them: `_add` makes numbers of them.
    sums = [type_coerce(func.sum(counted.c[name]), NULLTYPE).label(name) for name in ("touched", "same_day", *_SUMS)]
    return select(*key, *sums).group_by(*key)


def _share(days: ColumnElement[float], divided: CTE) -> ColumnElement[float]:
    """Return the share of a class that counts on a day which begins so many days after the window."""
    return (days - divided.c.shortest + 1) / divided.c.length


def _list_ranges(names: Iterable[str]) -> CTE:
    """Select the classes with the days that are read of each."""
    return union_all(
        *(
            select(
                literal(gap, Integer).label("gap"),
                literal(days[0], Integer).label("shortest"),
                literal(len(days), Integer).label("length"),
                bindparam(f"{name}_{gap}_first", type_=Date).label("first"),
                bindparam(f"{name}_{gap}_last", type_=Date).label("last"),
            )
            for name in names
            for gap, days in enumerate(GAP_CLASSES)
        )
    ).cte()


def _sum_counters(
    table: Table, ranges: CTE, share: ColumnElement[float] | None = None, *, by_part: bool
) -> Select[Any]:
    """Select the sums of the days of some ranges by place and measure; with ``share``, that share of each day's."""
    is_read = (table.c.gap == ranges.c.gap) & table.c.day.between(ranges.c.first, ranges.c.last)
    is_of_part = table.c.subject.startswith(PART_PREFIX, autoescape=True)
    is_meant = (table.c.journey == bindparam("journey", type_=String)) & (is_of_part if by_part else ~is_of_part)
    counts = [func.sum(table.c.previous), func.sum(case((table.c.gap == 0, table.c.previous), else_=0))]
    counts += [func.sum(table.c[name] if share is None else table.c[name] * share) for name in _SUMS]
    key = (table.c.subject, table.c.measure)
    labels = ("touched", "same_day", *_SUMS)
    sums = [each.label(name) for each, name in zip(counts, labels, strict=True)]
    return select(*key, *sums).where(is_meant, is_read).group_by(*key)


def _days_between(engine: str, day: ColumnElement[date]) -> ColumnElement[Any]:
    """Return the days from the window's first to another one."""
    first = bindparam("window_first", type_=Date)
    if engine == "postgresql":
        return type_coerce(day - first, Integer)
    return func.julianday(day) - func.julianday(first)
