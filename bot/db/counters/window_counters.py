"""Counters of the days of a window: whole weeks from the sums of weeks, and the days before and after them by the day.

So the number of rows that are read hardly grows with the days of a window. The statements are built once: building one
costs as much as running it.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    Table,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from bot.db.counters.tables import tally_table, total_table, week_table
from bot.db.engine.columns import Id
from cjm.figures.facts.spans import DAY, FLOW_MEASURES, WEEK, split_window

SUMS = ("n", "total", "squares", "raw", "mean_squares")
_KEY = ("measure", "subject", "bucket", "settled")

TOTAL_PARAMS = ("journey", *(f"{name}_{end}" for name in ("before", "week", "after") for end in ("first", "last")))
"""Names of those of `window_params` that `select_totals` needs."""


def window_params(
    journey: str, first: date, last: date, cohorts: Sequence[int] | None = None, channel: str | None = None
) -> dict[str, Any]:
    """Return the parameters of statements over `select_totals` and `select_parts`."""
    before, weeks, after = split_window(first, last)
    params: dict[str, Any] = {"journey": journey, "cohorts": cohorts or (), "channel": channel}
    for name, days in (("before", before), ("week", weeks), ("after", after)):
        params |= {f"{name}_first": days.first, f"{name}_last": days.last}
        params[f"{name}_days"] = days.list_days(WEEK if name == "week" else DAY)
    return params


def _is_of_days(table: Table, name: str) -> ColumnElement[bool]:
    is_ours = table.c.journey == bindparam("journey", type_=String)
    if table is not total_table:  # each day or week by itself, so that the key leads on to measures and cohorts
        return is_ours & table.c.day.in_(bindparam(f"{name}_days", type_=Date, expanding=True))
    first, last = (bindparam(f"{name}_{end}", type_=Date) for end in ("first", "last"))
    return is_ours & table.c.day.between(first, last)


def _choose(table: Table, key: Sequence[str] | None, *, is_some: bool) -> Select[Any]:
    """Select columns of counters, or their sums by a key; with ``is_some`` those of the parameter ``measures``.

    Of days by cohort and channel, those are of the parameter ``subjects`` too: a day has thousands of others.
    """
    if key is None:
        names = _KEY if table is total_table else (*_KEY, "cohort_id", "channel")
        chosen = select(*(table.c[name] for name in (*names, *SUMS)))
    else:
        columns = [table.c[name] for name in key]
        chosen = select(*columns, *(func.sum(table.c[name]).label(name) for name in SUMS)).group_by(*columns)
    if is_some:
        chosen = chosen.where(table.c.measure.in_(bindparam("measures", type_=String, expanding=True)))
    if is_some and table is tally_table:
        chosen = chosen.where(table.c.subject.in_(bindparam("subjects", type_=String, expanding=True)))
    return chosen


@cache
def select_totals(*, key: tuple[str, ...] | None = None, is_some: bool = False) -> Subquery:
    """Select the counters of everyone over all channels: a counter comes once for each span of the window.

    Those of walks do not come. With ``key`` they are summed by it within each kind of span: SQLite sorts rows to group
    them, and those of one table are sorted quicker. With ``is_some`` only those of the parameter ``measures`` come.
    """
    chosen = _choose(total_table, key, is_some=is_some)
    spans = (("before", DAY), ("week", WEEK), ("after", DAY))
    return union_all(
        *(
            chosen.where(
                _is_of_days(total_table, name),
                total_table.c.span == literal(days, Integer),
                total_table.c.is_flow == literal(False, Boolean),
            )
            for name, days in spans
        )
    ).subquery("totals")


@cache
def select_parts(
    *,
    by_cohort: bool = False,
    by_channel: bool = False,
    is_flow: bool = False,
    key: tuple[str, ...] | None = None,
    is_some: bool = False,
) -> Subquery:
    """Select the counters by cohort and channel, of all of them, or of the cohorts and the channel of the scope.

    With ``is_flow`` those of walks come, else all others. ``key`` and ``is_some`` are as for `select_totals`; with
    ``is_some`` the parameter ``subjects`` names all places of the counters that are wanted.
    """

    def of_days(table: Table, name: str) -> Select[Any]:
        is_meant = _is_of_days(table, name)
        if table is week_table:
            is_meant &= table.c.is_flow == literal(is_flow, Boolean)
        else:
            is_meant &= table.c.measure.in_(FLOW_MEASURES) if is_flow else table.c.measure.not_in(FLOW_MEASURES)
        if by_cohort:
            is_meant &= table.c.cohort_id.in_(bindparam("cohorts", type_=Id, expanding=True))
        if by_channel:
            is_meant &= table.c.channel == bindparam("channel", type_=String)
        return _choose(table, key, is_some=is_some).where(is_meant)

    spans = (("before", tally_table), ("week", week_table), ("after", tally_table))
    return union_all(*(of_days(table, name) for name, table in spans)).subquery("parts")
