"""Let the newest entries of a stage be read, and keep with settled entries how many have not gone on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_IS_WAITING = {"sqlite_where": sa.text("next_at IS NULL"), "postgresql_where": sa.text("next_at IS NULL")}
_NARROW = ["journey", "stage", "channel", "cohort_id", "at"]


def upgrade() -> None:
    with op.batch_alter_table("stage_entry", schema=None) as batch_op:
        batch_op.create_index("ix_stage_entry_journey_stage_at", ["journey", "stage", "at"], unique=False)
        batch_op.create_index("ix_stage_entry_waiting", ["journey", "stage", "at"], unique=False, **_IS_WAITING)
        batch_op.create_index("ix_stage_entry_narrow", _NARROW, unique=False)
    # The sum `total` of a counter of entries is the number of those who are still at the stage. Entries from before
    # know no hour; they have one counter a day, beside it the counters of those who went on.
    op.execute(
        sa.text(
            """
            UPDATE tally SET total = n - COALESCE((
                SELECT SUM(took.n) FROM tally AS took
                WHERE took.journey = tally.journey AND took.day = tally.day AND took.subject = tally.subject
                AND took.measure = 'took' AND took.cohort_id = tally.cohort_id AND took.channel = tally.channel
                AND took.settled = tally.settled
            ), 0)
            WHERE measure = 'entered' AND bucket = ''
            """
        )
    )


def downgrade() -> None:
    op.execute(sa.text("UPDATE tally SET total = 0, squares = 0 WHERE measure = 'took'"))
    # The hours of a day become one counter again.
    op.execute(
        sa.text(
            """
            INSERT INTO tally (journey, day, subject, measure, bucket, cohort_id, channel, settled,
                               n, total, squares, raw, mean_squares)
            SELECT journey, day, subject, measure, 'day', cohort_id, channel, settled, SUM(n), 0, 0, 0, 0
            FROM tally WHERE measure = 'entered'
            GROUP BY journey, day, subject, measure, cohort_id, channel, settled
            """
        )
    )
    op.execute(sa.text("DELETE FROM tally WHERE measure = 'entered' AND bucket <> 'day'"))
    op.execute(sa.text("UPDATE tally SET bucket = '' WHERE measure = 'entered'"))
    with op.batch_alter_table("stage_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_stage_entry_narrow")
        batch_op.drop_index("ix_stage_entry_waiting", **_IS_WAITING)
        batch_op.drop_index("ix_stage_entry_journey_stage_at")
