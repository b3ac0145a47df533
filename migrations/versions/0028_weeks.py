"""Keep the counters of weeks and of everyone, so that a map of a year reads few rows.

They are sums of the counters that there are, computed here in one statement each. On SQLite the counters themselves
move to tables that stand in the order of their key: a read by days finds them side by side. The key of gap
counters begins with the class: of each a map reads other days.

The way back drops the sums, and no counter changes.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_FLOW = "'entered', 'went_on', 'took', 'since_start', 'amount'"
_NO_CHANNEL = sa.text("channel = ''")
_SUMS = ("n", "total", "squares", "raw", "mean_squares")
_GAP_SUMS = ("previous", "pairs", "total", "products")


def _column(name: str) -> sa.Column[object]:
    texts = {"measure": 96, "bucket": 48}
    kinds = {
        "day": sa.Date(),
        "cohort_id": Id,
        **dict.fromkeys(("settled", "is_flow"), sa.Boolean()),
        **dict.fromkeys(("span", "gap", "n", "previous", "pairs"), sa.Integer()),
        **dict.fromkeys(("total", "squares", "raw", "mean_squares", "products"), sa.Float()),
    }
    kind: Any = kinds.get(name) or sa.String(length=texts.get(name, 64))
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _create(table: str, key: str, sums: tuple[str, ...], *, in_order: bool = True) -> None:
    """Create a table of counters, named by the columns of ``key``; ``in_order``: SQLite keeps it in their order."""
    columns = [_column(name) for name in (*key.split(", "), *sums)]
    if table in ("tally", "new_tally"):
        columns[-1].server_default = sa.DefaultClause("0")
    constraints: list[sa.Constraint] = [
        sa.PrimaryKeyConstraint(*key.split(", "), name=op.f(f"pk_{table.removeprefix('new_')}"))
    ]
    if "cohort_id" in key:
        name = op.f(f"fk_{table.removeprefix('new_')}_cohort_id_cohort")
        constraints.append(sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=name))
    op.create_table(table, *columns, *constraints, sqlite_with_rowid=not in_order)


_TALLY_KEY = "journey, day, subject, measure, bucket, cohort_id, channel, settled"
_GAP_KEY = "journey, gap, day, measure, subject"
_EARLIER_GAP_KEY = "journey, day, subject, measure, gap"


def _remake(gap_key: str, *, in_order: bool) -> None:
    """Copy SQLite's counters to tables that stand in the order of their key, or of their arrival."""
    for table, key, sums in (("tally", _TALLY_KEY, _SUMS), ("gap_tally", gap_key, _GAP_SUMS)):
        _create(f"new_{table}", key, sums, in_order=in_order)
        columns = f"{key}, {', '.join(sums)}"
        op.execute(f"INSERT INTO new_{table} ({columns}) SELECT {columns} FROM {table} ORDER BY {key}")  # nosec B608 - constants
        op.drop_table(table)
        op.rename_table(f"new_{table}", table)


def _change_key(gap_key: str) -> None:
    """Give PostgreSQL's gap counters a key in another order: their index is read by it."""
    op.drop_constraint("pk_gap_tally", "gap_tally")
    op.create_primary_key("pk_gap_tally", "gap_tally", gap_key.split(", "))


def _fill(table: str, source: str, key: dict[str, str], sums: tuple[str, ...]) -> None:
    """Insert sums of counters; ``key`` gives the expression of each column of the key."""
    expressions = ", ".join(f"{expression} AS {name}" for name, expression in key.items())
    added = ", ".join(f"SUM({name}) AS {name}" for name in sums)
    columns = ", ".join((*key, *sums))
    grouped = ", ".join(key)
    is_zero = " AND ".join(f"ABS({name}) < 1e-9" for name in sums)
    is_summed = "subject NOT LIKE '@%' AND measure NOT LIKE 'asked%'" if source == "tally" else "1 = 1"
    op.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ("  # nosec B608 - constants
        f"SELECT {grouped}, {added} FROM (SELECT {expressions}, {', '.join(sums)} FROM {source} WHERE {is_summed})"
        f" AS counted GROUP BY {grouped}) AS summed WHERE NOT ({is_zero})"
    )


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        _remake(_GAP_KEY, in_order=True)
    else:
        _change_key(_GAP_KEY)
    op.create_index(
        "ix_tally_no_channel",
        "tally",
        ["journey", "day", *_SUMS],
        sqlite_where=_NO_CHANNEL,
        postgresql_where=_NO_CHANNEL,
    )
    _create("tally_total", "journey, is_flow, span, day, measure, subject, bucket, settled", _SUMS)
    _create("tally_week", "journey, is_flow, day, measure, cohort_id, subject, bucket, channel, settled", _SUMS)
    _create("gap_tally_week", _GAP_KEY, _GAP_SUMS)
    monday = "date(day, '-6 days', 'weekday 1')" if is_sqlite else "CAST(date_trunc('week', day) AS DATE)"
    sunday = "CAST(strftime('%w', day) AS INTEGER)" if is_sqlite else "CAST(EXTRACT(DOW FROM day) AS INTEGER)"
    weekday = f"({sunday} + 6) % 7"
    of_week = f"CASE WHEN measure IN ('entered', 'amount') THEN CAST({weekday} AS VARCHAR(48)) ELSE bucket END"
    plain = {name: name for name in ("journey", "day", "measure", "subject", "bucket", "settled")}
    plain["is_flow"] = f"measure IN ({_FLOW})"
    _fill("tally_total", "tally", plain | {"span": "1"}, _SUMS)
    by_week = plain | {"day": monday, "bucket": of_week}
    _fill("tally_total", "tally", by_week | {"span": "7"}, _SUMS)
    _fill("tally_week", "tally", by_week | {"cohort_id": "cohort_id", "channel": "channel"}, _SUMS)
    gaps = {name: name for name in ("journey", "gap", "measure", "subject")}
    _fill("gap_tally_week", "gap_tally", gaps | {"day": monday}, _GAP_SUMS)


def downgrade() -> None:
    for table in ("gap_tally_week", "tally_week", "tally_total"):
        op.drop_table(table)
    op.drop_index("ix_tally_no_channel", "tally")
    if op.get_bind().dialect.name == "sqlite":
        _remake(_EARLIER_GAP_KEY, in_order=False)
    else:
        _change_key(_EARLIER_GAP_KEY)
