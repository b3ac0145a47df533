"""Keep the durations of days and weeks in blocks of 16 buckets a row, so that a map reads few rows of them.

They are computed here from the counters, in one statement each, and leave the sums that kept a row for each bucket. The
way back puts them there again, and no counter changes.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_BLOCK = 16
_IS_DURATION = "measure IN ('took', 'since_start')"
_BLOCK_SUMS = ("n", "total", "squares")
_SUMS = ("n", "total", "squares", "raw", "mean_squares")
_KEY = ("journey", "cohort_id", "span", "day", "measure", "subject", "channel", "block")
_COLUMNS = [f"{name}_{place}" for name in _BLOCK_SUMS for place in range(_BLOCK)]


def _monday() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "date(day, '-6 days', 'weekday 1')"
    return "CAST(date_trunc('week', day) AS DATE)"


def _fill_blocks(span: int, day: str, *, is_of_everyone: bool) -> None:
    expressions = {name: name for name in _KEY} | {
        "span": str(span),
        "day": day,
        "block": f"CAST(bucket AS INTEGER) / {_BLOCK}",
        "place": f"CAST(bucket AS INTEGER) % {_BLOCK}",
    }
    if is_of_everyone:
        expressions |= {"cohort_id": "0", "channel": "''"}
    rows = ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
    sums = ", ".join(
        f"SUM(CASE WHEN place = {place} THEN {name} ELSE 0 END) AS {name}_{place}"
        for name in _BLOCK_SUMS
        for place in range(_BLOCK)
    )
    is_zero = " AND ".join(f"ABS({name}) < 1e-9" for name in _COLUMNS)
    key, columns = ", ".join(_KEY), ", ".join((*_KEY, *_COLUMNS))
    op.execute(
        f"INSERT INTO tally_duration ({columns}) SELECT {columns} FROM ("  # nosec B608 - constants
        f"SELECT {key}, {sums} FROM (SELECT {rows}, {', '.join(_BLOCK_SUMS)} FROM tally WHERE {_IS_DURATION})"
        f" AS counted GROUP BY {key}) AS summed WHERE NOT ({is_zero})"
    )


def _fill_rows(table: str, key: dict[str, str]) -> None:
    """Insert the durations of one kind of span, a row for each bucket; ``key`` gives the expression of each column."""
    columns, grouped = ", ".join((*key, *_SUMS)), ", ".join(key)
    rows = ", ".join(f"{expression} AS {name}" for name, expression in key.items())
    sums = ", ".join(f"SUM({name}) AS {name}" for name in _SUMS)
    is_zero = " AND ".join(f"ABS({name}) < 1e-9" for name in _SUMS)
    op.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ("  # nosec B608 - constants
        f"SELECT {grouped}, {sums} FROM (SELECT {rows}, {', '.join(_SUMS)} FROM tally WHERE {_IS_DURATION})"
        f" AS counted GROUP BY {grouped}) AS summed WHERE NOT ({is_zero})"
    )


def upgrade() -> None:
    texts = {"journey": 64, "measure": 96, "subject": 64, "channel": 64}
    whole: dict[str, sa.types.TypeEngine[Any]] = {"cohort_id": Id, "day": sa.Date()}
    op.create_table(
        "tally_duration",
        *(
            sa.Column(
                name,
                sa.String(length=texts[name]) if name in texts else whole.get(name, sa.Integer()),
                autoincrement=False,
                nullable=False,
            )
            for name in _KEY
        ),
        *(sa.Column(name, sa.Integer() if name[0] == "n" else sa.Float(), nullable=False) for name in _COLUMNS),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_tally_duration")),
        sqlite_with_rowid=False,
    )
    for span, day in ((1, "day"), (7, _monday())):
        for is_of_everyone in (True, False):
            _fill_blocks(span, day, is_of_everyone=is_of_everyone)
    for table in ("tally_total", "tally_week"):
        op.execute(f"DELETE FROM {table} WHERE {_IS_DURATION}")  # nosec B608 - constants


def downgrade() -> None:
    of_week = {name: name for name in ("journey", "day", "measure", "subject", "bucket", "settled")}
    # A condition that all rows meet, as each engine has its own word for true.
    of_week |= {"is_flow": "(1 = 1)", "day": _monday()}
    _fill_rows("tally_total", of_week | {"span": "1", "day": "day"})
    _fill_rows("tally_total", of_week | {"span": "7"})
    _fill_rows("tally_week", of_week | {"cohort_id": "cohort_id", "channel": "channel"})
    op.drop_table("tally_duration")
