"""Durations in a scope: blocks of them, added up over the days and the weeks of its window in one statement."""

from collections.abc import Iterator
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Select, String, bindparam, func, literal, select, union_all

from bot.db.counters.duration_counters import BLOCK_COLUMNS
from bot.db.counters.tables import BLOCK_SUMS, bucket_column, duration_table
from bot.db.engine.columns import Id
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, scope_params
from bot.db.figures.person_rows import list_cohorts
from cjm.figures.facts.duration_blocks import BLOCK, EVERYONE
from cjm.figures.facts.spans import DAY, WEEK
from cjm.figures.tally import CounterSums

_READ_PLACES = [attrgetter(*(bucket_column(name, place) for name in BLOCK_SUMS)) for place in range(BLOCK)]
"""Functions that return the sums of one bucket of a row: n, total and squares."""


class DurationSums(NamedTuple):
    """Sums of a bucket of durations; ``stored`` is the key that the stage is stored under."""

    stored: str
    measure: str
    bucket: int
    sums: CounterSums


def list_durations(tx: Connection, scope: MapScope) -> Iterator[DurationSums]:
    """Yield the counters of durations in a scope; one comes once for each key of its stage."""
    cohorts = list_cohorts(tx, scope) if scope.is_narrow else (EVERYONE,)
    blocks = _select_blocks(by_channel=scope.channel is not None)
    for row in tx.execute(blocks, scope_params(scope) | {"cohorts": cohorts}).all():
        for place, read_place in enumerate(_READ_PLACES):
            n, total, squares = read_place(row)
            if n:
                # PostgreSQL returns Decimal for a sum, SQLite int or float.
                sums = CounterSums(int(n), float(total), float(squares))
                yield DurationSums(row.subject, row.measure, row.block * BLOCK + place, sums)


@cache
def _select_blocks(*, by_channel: bool) -> Select[Any]:
    blocks, spans = duration_table.c, (("before", DAY), ("week", WEEK), ("after", DAY))
    key = ("block", "subject", "measure")  # what tells most keys apart comes first: SQLite sorts rows to group them
    is_ours = (blocks.journey == bindparam("journey", type_=String)) & blocks.cohort_id.in_(
        bindparam("cohorts", type_=Id, expanding=True)
    )
    if by_channel:
        is_ours &= blocks.channel == bindparam("channel", type_=String)
    columns = [blocks[name] for name in (*key, *BLOCK_COLUMNS)]
    counted = union_all(
        *(
            select(*columns).where(
                is_ours,
                blocks.span == literal(days, Integer),
                blocks.day.between(bindparam(f"{name}_first", type_=Date), bindparam(f"{name}_last", type_=Date)),
            )
            for name, days in spans
        )
    ).subquery()
    keys = [counted.c[name] for name in key]
    return select(*keys, *(func.sum(counted.c[name]).label(name) for name in BLOCK_COLUMNS)).group_by(*keys)
