"""Tables of the counters: the figures of a map are sums of their rows, and so are large numbers of people."""

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, text

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
    Index(  # few: corrections of person-days at several channels; with their sums, so that it is all that is read
        "ix_tally_no_channel",
        "journey",
        "day",
        "n",
        "total",
        "squares",
        "raw",
        "mean_squares",
        sqlite_where=text("channel = ''"),
        postgresql_where=text("channel = ''"),
    ),
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
    Column("previous", Integer, nullable=False),
    Column("pairs", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("products", Float, nullable=False),
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
    Column("n", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("squares", Float, nullable=False),
    Column("raw", Float, nullable=False),
    Column("mean_squares", Float, nullable=False),
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
    Column("n", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("squares", Float, nullable=False),
    Column("raw", Float, nullable=False),
    Column("mean_squares", Float, nullable=False),
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
    Column("previous", Integer, nullable=False),
    Column("pairs", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("products", Float, nullable=False),
    sqlite_with_rowid=False,
)
