"""Tiers: sums of the counters over weeks and over everyone, for windows of many days; see `cjm.figures.facts.spans`.

Invariants:

* A tier moves with the counters that it sums, in the same call, so it always equals their sums.
* It is checked against them and made again from them: it tells nothing that they do not tell.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    extract,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import NULLTYPE

from bot.db.counters.counter_table import CounterTable, WrongCounter
from bot.db.counters.duration_counters import add_durations, delete_empty_blocks
from bot.db.counters.tables import (
    BLOCK_SUMS,
    bucket_column,
    duration_table,
    gap_tally_table,
    gap_week_table,
    tally_table,
    total_table,
    week_table,
)
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from cjm.figures.day.day_places import PART_PREFIX
from cjm.figures.facts.duration_blocks import ALL_CHANNELS, BLOCK, EVERYONE, BlockKey
from cjm.figures.facts.spans import (
    BY_DAY,
    DAY,
    DURATIONS,
    FLOW_MEASURES,
    NOT_SUMMED,
    WEEK,
    GapWeekKey,
    TotalKey,
    WeekKey,
    gap_week_moves,
    total_moves,
    week_moves,
    week_start,
)
from cjm.figures.gaps import GapSums
from cjm.figures.tally import MOST_ROUNDING, CounterSums, FactMoves

_TOTALS = CounterTable(total_table, TotalKey, CounterSums(0))
_WEEKS = CounterTable(week_table, WeekKey, CounterSums(0))
_GAP_WEEKS = CounterTable(gap_week_table, GapWeekKey, GapSums())
TABLES = (total_table, week_table, gap_week_table, duration_table)


def add_to_tiers(tx: Connection, moves: FactMoves) -> None:
    """Add moves of counters to all sums that they are a part of."""
    _TOTALS.add(tx, total_moves(moves.counters))
    _WEEKS.add(tx, week_moves(moves.counters))
    _GAP_WEEKS.add(tx, gap_week_moves(moves.gaps))
    add_durations(tx, moves.counters)


def delete_tier_zeros(tx: Connection, journey: str, days: Collection[date] | None = None) -> None:
    """Delete the live sums of a journey that have come to zero, of the days and weeks of some days or all."""
    firsts = None if days is None else sorted({*days, *(week_start(day) for day in days)})
    for counters, table in ((_TOTALS, total_table), (_WEEKS, week_table)):
        is_live = (table.c.journey == journey) & table.c.settled.is_(False)
        counters.delete_zeros(tx, is_live if firsts is None else is_live & table.c.day.in_(firsts))
    is_ours = duration_table.c.journey == journey
    delete_empty_blocks(tx, is_ours if firsts is None else is_ours & duration_table.c.day.in_(firsts))


class _Tier(NamedTuple):
    """Sums of one kind of span: their table, what they sum, and the key that names one.

    ``is_of_everyone`` tells blocks of durations of everyone from those by cohort and channel.
    """

    table: Table
    source: Table
    span: int
    key: type[Any]
    sums: type[Any]
    is_of_everyone: bool = False

    @property
    def sum_names(self) -> Sequence[str]:
        return [column.name for column in self.table.c if not column.primary_key]

    @property
    def key_names(self) -> Sequence[str]:
        return [column.name for column in self.table.primary_key]

    def of_journey(self, journey: str | BindParameter[str]) -> ColumnElement[bool]:
        is_ours = self.table.c.journey == journey
        if "span" in self.table.c:
            is_ours &= self.table.c.span == self.span
        if self.table is duration_table:
            cohort = self.table.c.cohort_id
            is_ours &= cohort == EVERYONE if self.is_of_everyone else cohort != EVERYONE
        return is_ours


_TIERS = (
    _Tier(total_table, tally_table, DAY, TotalKey, CounterSums),
    _Tier(total_table, tally_table, WEEK, TotalKey, CounterSums),
    _Tier(week_table, tally_table, WEEK, WeekKey, CounterSums),
    _Tier(gap_week_table, gap_tally_table, WEEK, GapWeekKey, GapSums),
    *(
        _Tier(duration_table, tally_table, span, BlockKey, CounterSums, is_of_everyone)
        for span in (DAY, WEEK)
        for is_of_everyone in (True, False)
    ),
)


def rebuild_tiers(tx: Connection, journey: str) -> None:
    """Replace the sums of a journey's counters by what these say, in one statement each."""
    for tier in _TIERS:
        tx.execute(delete(tier.table).where(tier.of_journey(journey)))
        sums = _select_sums(tx.dialect.name, tier, journey).subquery()
        is_zero = and_(*(func.abs(sums.c[name]) < MOST_ROUNDING for name in tier.sum_names))
        names = [*tier.key_names, *tier.sum_names]
        columns = [sums.c[name] for name in names]
        tx.execute(insert(tier.table).from_select(names, select(*columns).where(not_(is_zero))))


def list_wrong_tiers(tx: Connection, journey: str) -> list[WrongCounter]:
    """Return the sums that differ from those of the stored counters beyond rounding, in order."""
    return list(chain.from_iterable(_list_wrong(tx, tier, journey) for tier in _TIERS))


def _list_wrong(tx: Connection, tier: _Tier, journey: str) -> Iterator[WrongCounter]:
    for row in _prepare_check(tx.dialect.name, tier).list_rows(tx, {"checked": journey}):
        found = tier.key(**{name: getattr(row, name) for name in tier.key_names})
        yield WrongCounter(found, _read_sums(tier, row, "stored"), _read_sums(tier, row, "right"))


@cache
def _prepare_check(dialect: str, tier: _Tier) -> PreparedStatement:
    """Return the statement that finds the wrong sums of a journey, ``checked``.

    It has some hundred expressions for a block of durations: to build them takes longer than to run them.
    """
    journey = bindparam("checked", type_=String())
    right = _select_sums(dialect, tier, journey).subquery()
    key, stored = tier.key_names, tier.table.c
    both = union_all(
        select(*(right.c[name] for name in key), *_place_sums(tier, stored=False, columns=right.c)),
        select(*(stored[name] for name in key), *_place_sums(tier, stored=True, columns=stored)).where(
            tier.of_journey(journey)
        ),
    ).subquery()
    keys = [both.c[name] for name in key]
    pairs = [(func.sum(both.c[f"stored_{name}"]), func.sum(both.c[f"right_{name}"])) for name in tier.sum_names]
    differs = [func.abs(one - other) > MOST_ROUNDING * (1 + func.abs(other)) for one, other in pairs]
    labels = [
        type_coerce(each, NULLTYPE).label(f"{side}_{name}")  # as the driver gives it: `_read_sums` makes numbers of it
        for name, pair in zip(tier.sum_names, pairs, strict=True)
        for side, each in zip(("stored", "right"), pair, strict=True)
    ]
    return PreparedStatement(select(*keys, *labels).group_by(*keys).having(_any(differs)).order_by(*keys))


def _any(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return not_(and_(*(not_(each) for each in conditions)))


def _place_sums(tier: _Tier, *, stored: bool, columns: Any) -> Iterator[ColumnElement[Any]]:
    """Yield the sums of one side under its name, and zeros under the name of the other side."""
    for name in tier.sum_names:
        for side, is_ours in (("stored", stored), ("right", not stored)):
            yield (columns[name] if is_ours else literal(0, columns[name].type)).label(f"{side}_{name}")


def _read_sums(tier: _Tier, row: Any, side: str) -> Any:
    # PostgreSQL returns Decimal for a sum of integers, SQLite int or float.
    if tier.table is duration_table:
        columns = {name: [f"{side}_{bucket_column(name, place)}" for place in range(BLOCK)] for name in BLOCK_SUMS}
        return CounterSums(**{name: sum(getattr(row, each) for each in of_name) for name, of_name in columns.items()})
    kinds = {name: tier.table.c[name].type.python_type for name in tier.sum_names}
    return tier.sums(**{name: kind(getattr(row, f"{side}_{name}")) for name, kind in kinds.items()})


def _select_sums(dialect: str, tier: _Tier, journey: str | BindParameter[str]) -> Select[Any]:
    """Select the sums of a journey's stored counters by the key of a tier."""
    source, columns = tier.source.c, _list_key_columns(dialect, tier)
    is_summed, is_block = source.journey == journey, tier.table is duration_table
    if is_block:
        is_summed &= _is_one_of(source.measure, DURATIONS)
        columns.append((cast(source.bucket, Integer) % BLOCK).label("place"))
    elif tier.source is tally_table:
        is_summed &= ~source.subject.startswith(PART_PREFIX, autoescape=True) & ~source.measure.startswith(NOT_SUMMED)
        is_summed &= not_(_is_one_of(source.measure, DURATIONS))
    # Columns of a subquery: to PostgreSQL a name to group by is first a column of the table.
    names = BLOCK_SUMS if is_block else tier.sum_names
    rows = select(*columns, *(source[name] for name in names)).where(is_summed).subquery()
    keys = [rows.c[name] for name in tier.key_names]
    sums = _sum_places(rows) if is_block else (func.sum(rows.c[name]).label(name) for name in names)
    return select(*keys, *sums).group_by(*keys)


def _list_key_columns(dialect: str, tier: _Tier) -> list[ColumnElement[Any]]:
    """Return the columns of a tier's key, computed from those of its source."""
    source = tier.source.c
    computed: dict[str, ColumnElement[Any]] = {"span": literal(tier.span)}
    if tier.table is duration_table:
        computed["block"] = cast(source.bucket, Integer) // BLOCK
    elif "bucket" in source:
        computed["is_flow"] = _is_one_of(source.measure, FLOW_MEASURES)
        if tier.span == WEEK:
            weekday = cast(_select_weekday(dialect, source.day), String)
            computed["bucket"] = case((_is_one_of(source.measure, BY_DAY), weekday), else_=source.bucket)
    if tier.is_of_everyone:
        computed |= {"cohort_id": literal(EVERYONE), "channel": literal(ALL_CHANNELS)}
    if tier.span == WEEK:
        computed["day"] = _select_week_start(dialect, source.day)
    return [(computed[name] if name in computed else source[name]).label(name) for name in tier.key_names]


def _is_one_of(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """Return `IN` without a list of values, which a prepared statement cannot have."""
    return or_(*(column == value for value in sorted(values)))


def _sum_places(rows: FromClause) -> Iterator[ColumnElement[Any]]:
    """Yield the sums of each bucket of a block; ``place`` tells which one a row is about."""
    for name in BLOCK_SUMS:
        for place in range(BLOCK):
            of_place = case((rows.c.place == place, rows.c[name]), else_=0)
            yield func.sum(of_place).label(bucket_column(name, place))


def _select_week_start(dialect: str, day: ColumnElement[date]) -> ColumnElement[date]:
    if dialect == "postgresql":
        return func.date_trunc("week", day, type_=Date).cast(Date)
    return func.date(day, "-6 days", "weekday 1", type_=Date)


def _select_weekday(dialect: str, day: ColumnElement[date]) -> ColumnElement[int]:
    if dialect == "postgresql":
        return cast(extract("isodow", day), Integer) - 1
    return (cast(func.strftime("%w", day), Integer) + 6) % 7
