"""Tables of the counters: the figures of a map are sums of their rows, and so are large numbers of people."""

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Integer, String, Table

from bot.db.engine.columns import Id, Key, metadata

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
    Column("n", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("squares", Float, nullable=False),
    Column("raw", Float, nullable=False),
    Column("mean_squares", Float, nullable=False, server_default="0"),
)

gap_tally_table = Table(  # pairs of person-days of one person, by their gap: see cjm/figures/gaps.py
    "gap_tally",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("measure", String(96), primary_key=True),
    Column("gap", Integer, primary_key=True, autoincrement=False),
    Column("previous", Integer, nullable=False),
    Column("pairs", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("products", Float, nullable=False),
)
