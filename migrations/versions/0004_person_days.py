"""Count people: person-days at touchpoints, pairs of person-days by gap, and how late an answer came.

Live counters of the new kinds are not made here: the rows behind them are counted again after the upgrade. Settled
counts have no rows any more, so they are turned into what they say now:

* Person-days of a stage under channel "" become corrections: the sum over all channels is the figure.
* An answer at a touchpoint becomes a person-day of its own, because nothing says which answers belong together.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SCALES = ("emotion", "csat", "ces", "nps", "success", "expectation")
_VALUES = ", ".join(f"'{scale}'" for scale in _SCALES)
_PEOPLE = ", ".join(f"'{scale}.people'" for scale in _SCALES)
_SHARES = "'csat.people', 'success.people'"

# The mean of u² over the answers of a person-day is known only where u² = u; elsewhere it is at least x².
_MEAN_SQUARES = f"""
UPDATE tally SET mean_squares = CASE WHEN measure IN ({_SHARES}) THEN total ELSE squares END
WHERE settled AND measure IN ({_PEOPLE})
"""  # the parts are constants of this file # nosec B608
_CORRECTIONS = f"""
UPDATE tally SET (n, total, squares, raw, mean_squares) = (
    SELECT tally.n - COALESCE(SUM(o.n), 0), tally.total - COALESCE(SUM(o.total), 0),
        tally.squares - COALESCE(SUM(o.squares), 0), tally.raw - COALESCE(SUM(o.raw), 0),
        tally.mean_squares - COALESCE(SUM(o.mean_squares), 0)
    FROM tally AS o
    WHERE o.journey = tally.journey AND o.day = tally.day AND o.subject = tally.subject AND o.measure = tally.measure
        AND o.bucket = tally.bucket AND o.cohort_id = tally.cohort_id AND o.channel <> '' AND o.settled
)
WHERE settled AND channel = '' AND measure IN ({_PEOPLE})
"""  # the parts are constants of this file # nosec B608
_TOUCHPOINT_DAYS = f"""
INSERT INTO tally
    (journey, day, subject, measure, bucket, cohort_id, channel, settled, n, total, squares, raw, mean_squares)
SELECT journey, day, subject, measure || '.people', '', cohort_id, channel, settled,
    SUM(n), SUM(n * u), SUM(n * u * u), SUM(n * v), SUM(n * u * u)
FROM (
    SELECT t.*, CAST(bucket AS INTEGER) AS v, CASE
        WHEN measure = 'csat' THEN CASE WHEN CAST(bucket AS INTEGER) >= 4 THEN 1 ELSE 0 END
        WHEN measure = 'success' THEN CASE WHEN CAST(bucket AS INTEGER) >= 2 THEN 1 ELSE 0 END
        WHEN measure = 'nps' THEN CASE
            WHEN CAST(bucket AS INTEGER) >= 9 THEN 1 WHEN CAST(bucket AS INTEGER) <= 6 THEN -1 ELSE 0 END
        ELSE CAST(bucket AS INTEGER) END AS u
    FROM tally AS t
    WHERE settled AND measure IN ({_VALUES})
        AND (journey, subject) NOT IN (SELECT journey, subject FROM tally WHERE measure IN ({_PEOPLE}))
) AS answers
GROUP BY journey, day, subject, measure, cohort_id, channel, settled
"""  # the parts are constants of this file # nosec B608


def upgrade() -> None:
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mean_squares", sa.Float(), nullable=False, server_default="0"))
    op.create_table(
        "gap_tally",
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=96), nullable=False),
        sa.Column("gap", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("products", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("journey", "day", "subject", "measure", "gap", name=op.f("pk_gap_tally")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delay", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_index("ix_answer_customer_id_stage_kind_day")
        batch_op.create_index("ix_answer_customer_id_day", ["customer_id", "day"])
        batch_op.create_index("ix_answer_visit_id", ["visit_id"])
        batch_op.create_index("ix_answer_subject_cohort_day", ["journey", "subject", "kind", "cohort_id", "day"])
        batch_op.create_index("ix_answer_stage_cohort_day", ["journey", "stage", "kind", "cohort_id", "day"])
    for statement in (_MEAN_SQUARES, _CORRECTIONS, _TOUCHPOINT_DAYS):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_stage_cohort_day")
        batch_op.drop_index("ix_answer_subject_cohort_day")
        batch_op.drop_index("ix_answer_visit_id")
        batch_op.drop_index("ix_answer_customer_id_day")
        batch_op.create_index("ix_answer_customer_id_stage_kind_day", ["customer_id", "stage", "kind", "day"])
        batch_op.drop_column("delay")
    op.drop_table("gap_tally")
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.drop_column("mean_squares")
