"""Keep the part of the day of each visit, and of what was asked, answered and complained about it.

The columns are filled and the counters moved by `bot.db.upkeep.facts.earlier_parts`, in the transaction of the upgrade:
only the journey in force tells by which zone its days are counted. Of visits whose rows are gone the part is not known.

The way back counts all visits and complaints of a day together again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TABLES = ("visit", "invitation", "answer", '"case"')
_KEY = "journey, day, subject, measure, '', cohort_id, channel, settled"
_WITHOUT_PARTS = f"""
INSERT INTO tally
    (journey, day, subject, measure, bucket, cohort_id, channel, settled, n, total, squares, raw, mean_squares)
SELECT {_KEY}, n, total, squares, raw, mean_squares FROM (
    SELECT journey, day, subject, measure, cohort_id, channel, settled, SUM(n) AS n, SUM(total) AS total,
        SUM(squares) AS squares, SUM(raw) AS raw, SUM(mean_squares) AS mean_squares
    FROM tally WHERE measure IN ('visits', 'complaints') AND bucket <> ''
    GROUP BY journey, day, subject, measure, cohort_id, channel, settled
) AS parted WHERE n <> 0
ON CONFLICT (journey, day, subject, measure, bucket, cohort_id, channel, settled)
DO UPDATE SET n = tally.n + excluded.n
"""  # constants # nosec B608


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table.strip('"'), sa.Column("part", sa.String(16), nullable=True))


def downgrade() -> None:
    op.execute(_WITHOUT_PARTS)
    op.execute("DELETE FROM tally WHERE measure IN ('visits', 'complaints') AND bucket <> ''")
    op.execute("DELETE FROM tally WHERE subject LIKE '@%'")
    op.execute("DELETE FROM gap_tally WHERE subject LIKE '@%'")
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN part")
