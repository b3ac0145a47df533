"""Tables of the counters: the figures of a map are sums of their rows, and so are large numbers of people."""

from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, text

from bot.db.engine.columns import ONLY_ON, Id, Key, metadata
from cjm.figures.facts.duration_blocks import BLOCK


def _sum_columns(default: str | None = None) -> list[Column[Any]]:
    """Return the columns of `CounterSums`; ``default`` is that of the youngest one, where older rows lack it."""
    return [
        Column("n", Integer, nullable=False),
        *(Column(name, Float, nullable=False) for name in ("total", "squares", "raw")),
        Column("mean_squares", Float, nullable=False, server_default=default),
    ]


def _gap_sum_columns() -> list[Column[Any]]:
    return [
        *(Column(name, Integer, nullable=False) for name in ("previous", "pairs")),
        *(Column(name, Float, nullable=False) for name in ("total", "products")),
    ]


def _no_channel_indexes() -> tuple[Index, Index]:
    """Return an index for each engine: of the corrections of person-days at several channels, which are few.

    On SQLite their sums stand in it, so that it is all that is read. On PostgreSQL that would make each change of any
    counter a new entry in every index of the table: an update stays on its page only if no index holds what it changed.
    """
    key, is_without = ("journey", "day"), text("channel = ''")
    sums = ("n", "total", "squares", "raw", "mean_squares")
    with_sums = Index("ix_tally_no_channel", *key, *sums, sqlite_where=is_without, info={ONLY_ON: "sqlite"})
    plain = Index("ix_tally_all_channels", *key, postgresql_where=is_without, info={ONLY_ON: "postgresql"})
    return with_sums.ddl_if(dialect="sqlite"), plain.ddl_if(dialect="postgresql")


tally_table = Table(  # the meaning of a bucket depends on the measure: see cjm/figures/tally.py
    "tally",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("measure", String(96), primary_key=True),
    Column("bucket", String(48), primary_key=True),
    Column("cohort_id", Id, ForeignKey("cohort.id"), primary_key=True, autoincrement=False),
    Column("channel", Key, primary_key=True),
    Column("settled", Boolean, primary_key=True),  # the rows behind these counts are gone: erased or retired
    *_sum_columns(default="0"),
    *_no_channel_indexes(),
    sqlite_with_rowid=False,  # in the order of its key: days are read side by side
)

gap_tally_table = Table(  # pairs of person-days of one person, by their gap: see cjm/figures/gaps.py
    "gap_tally",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("gap", Integer, primary_key=True, autoincrement=False),  # first: each class is read of other days
    Column("day", Date, primary_key=True),
    Column("measure", String(96), primary_key=True),
    Column("subject", Key, primary_key=True),
    *_gap_sum_columns(),
    sqlite_with_rowid=False,
)

# The tables below hold sums of those above, see cjm/figures/facts/spans.py: a long window reads few of them. What is
# read together stands together in them: SQLite keeps such a table in the order of its key.

total_table = Table(  # counters of everyone over all channels, of days and of weeks
    "tally_total",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("is_flow", Boolean, primary_key=True),
    Column("span", Integer, primary_key=True, autoincrement=False),  # days: 1 or 7
    Column("day", Date, primary_key=True),  # the first of the span
    Column("measure", String(96), primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("bucket", String(48), primary_key=True),
    Column("settled", Boolean, primary_key=True),
    *_sum_columns(),
    sqlite_with_rowid=False,
)

week_table = Table(  # counters of weeks by cohort and channel
    "tally_week",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("is_flow", Boolean, primary_key=True),
    Column("day", Date, primary_key=True),  # the week's Monday
    Column("measure", String(96), primary_key=True),
    Column("cohort_id", Id, ForeignKey("cohort.id"), primary_key=True, autoincrement=False),
    Column("subject", Key, primary_key=True),
    Column("bucket", String(48), primary_key=True),
    Column("channel", Key, primary_key=True),
    Column("settled", Boolean, primary_key=True),
    *_sum_columns(),
    sqlite_with_rowid=False,
)

gap_week_table = Table(  # gap counters of weeks
    "gap_tally_week",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("gap", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),  # the week's Monday
    Column("measure", String(96), primary_key=True),
    Column("subject", Key, primary_key=True),
    *_gap_sum_columns(),
    sqlite_with_rowid=False,
)

BLOCK_SUMS = ("n", "total", "squares")
"""Sums that a block has of each of its buckets."""


def bucket_column(name: str, place: int) -> str:
    """Return the name of the column with one sum of one bucket of a block."""
    return f"{name}_{place}"


duration_table = Table(  # durations of days and weeks: see cjm/figures/facts/duration_blocks.py
    "tally_duration",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("cohort_id", Id, primary_key=True, autoincrement=False),  # 0: everyone, so it refers to no row
    Column("span", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),  # the first of the span
    Column("measure", String(96), primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("channel", Key, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    *(
        Column(bucket_column(name, place), Integer if name == "n" else Float, nullable=False)
        for name in BLOCK_SUMS
        for place in range(BLOCK)
    ),
    sqlite_with_rowid=False,
)
