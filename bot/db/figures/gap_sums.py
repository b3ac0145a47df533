"""Gap counters summed over a window, for everyone over all channels: in SQL, however many days and people there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Float, Integer, Row, Select, case, cast, func, literal, select, type_coerce

from bot.db.counters.tables import gap_tally_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope
from cjm.figures.day.day_places import PART_PREFIX
from cjm.figures.gaps import GAP_CLASSES, WindowGaps

_gaps = gap_tally_table.c
_SHORTEST, _LONGEST = [days[0] for days in GAP_CLASSES], [days[-1] for days in GAP_CLASSES]
_SUMS = ("previous", "pairs", "total", "products")


def read_gaps(tx: Connection, scope: MapScope, *, by_part: bool = False) -> Mapping[tuple[str, str], WindowGaps]:
    """Return the gap counters of the days of a scope: (present key of a place, measure) -> sums.

    The places are those of the journey, or with ``by_part`` the parts of the day.

    As in `cjm.figures.gaps.share_in_window`, a day counts whole each class whose gaps end in the window, and in
    proportion the one class that the window's start divides.
    """
    found: defaultdict[tuple[str, str], WindowGaps] = defaultdict(WindowGaps)
    of_parts = _gaps.subject.startswith(PART_PREFIX, autoescape=True)
    is_meant = of_parts if by_part else ~of_parts
    for select_sums in (_select_whole, _select_divided):
        for row in tx.execute(select_sums(tx, scope).where(is_meant)):
            key = scope.journey.current_key(row.subject), row.measure
            found[key] = _add(found[key], row)
    return found


def _add(before: WindowGaps, row: Row[Any]) -> WindowGaps:
    # PostgreSQL returns Decimal for a sum, SQLite int or float.
    return WindowGaps(
        previous=before.previous + float(row.previous),
        previous_whole=before.previous_whole + int(row.touched),
        same_day=before.same_day + int(row.same_day),
        pairs=before.pairs + float(row.pairs),
        total=before.total + float(row.total),
        products=before.products + float(row.products),
    )


def _select_whole(tx: Connection, scope: MapScope) -> Select[Any]:
    """Select the sums of the classes that lie in the window with all of their gaps."""
    sums = [func.sum(_gaps[name]).label(name) for name in _SUMS]
    same_day = func.sum(case((_gaps.gap == 0, _gaps.previous), else_=0)).label("same_day")
    return _select(scope, [*sums, same_day]).where(_first_day(scope, _LONGEST) <= _gaps.day)


def _select_divided(tx: Connection, scope: MapScope) -> Select[Any]:
    """Select the sums of the classes whose longer gaps begin before the window, in proportion."""
    length = case({gap: len(days) for gap, days in enumerate(GAP_CLASSES)}, value=_gaps.gap)
    shortest = case(dict(enumerate(_SHORTEST)), value=_gaps.gap)
    share = cast(_days_since(tx, scope.first) - shortest + 1, Float) / length
    sums = [func.sum(_gaps[name] * share).label(name) for name in _SUMS]
    is_divided = (_first_day(scope, _SHORTEST) <= _gaps.day) & (_first_day(scope, _LONGEST) > _gaps.day)
    return _select(scope, [*sums, literal(0).label("same_day")]).where(is_divided)


def _select(scope: MapScope, sums: Sequence[ColumnElement[Any]]) -> Select[Any]:
    key = (_gaps.subject, _gaps.measure)
    touched = func.sum(_gaps.previous).label("touched")
    within = (_gaps.journey == scope.journey.key) & _gaps.day.between(scope.first, scope.last)
    # Without the longest classes, of which a short window holds nothing.
    some = within & (_gaps.gap <= max(gap for gap, shortest in enumerate(_SHORTEST) if shortest < scope.days))
    return select(*key, touched, *sums).where(some).group_by(*key)


def _first_day(scope: MapScope, gaps: Sequence[int]) -> ColumnElement[date]:
    """Return the first day of a scope on which a gap of its class begins in the scope; ``gaps`` are days by class."""
    days = {gap: scope.first + timedelta(days=back) for gap, back in enumerate(gaps)}
    return case({gap: literal(day, Date) for gap, day in days.items()}, value=_gaps.gap)


def _days_since(tx: Connection, first: date) -> ColumnElement[int]:
    """Return the days from ``first`` to the day of the counter."""
    if tx.dialect.name == "postgresql":
        return type_coerce(_gaps.day - literal(first, Date), Integer)
    return func.julianday(_gaps.day) - func.julianday(literal(first, Date))
