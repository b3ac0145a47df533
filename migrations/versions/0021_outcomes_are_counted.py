"""Count what became of each question, by survey; from now on also by the hour at which it arrived.

Of questions that arrived before, the hour is not known (-1). What became of forgotten and retired ones is not known.
Where the upgrade counts all counters again, it counts these as well.

Live counters that have come to zero are deleted: in anonymous journeys they told that somebody had answered or
declined.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_OUTCOMES = """
INSERT INTO tally
    (journey, day, subject, measure, bucket, cohort_id, channel, settled, n, total, squares, raw, mean_squares)
SELECT journey, day, '', 'asked:' || survey, outcome, cohort_id, channel, FALSE, COUNT(*), 0, 0, 0, 0
FROM (
    SELECT i.journey, i.day, i.survey, i.cohort_id, i.channel, CASE
        WHEN i.sent_hour IS NULL THEN 'untold'
        WHEN r.started_at IS NOT NULL AND i.state = 'done' AND i.reason IS NULL THEN 'answered'
        WHEN r.started_at IS NOT NULL THEN 'partly'
        WHEN i.state = 'declined' AND i.reason = 'stopped' THEN 'stopped'
        WHEN i.state = 'declined' THEN 'declined'
        WHEN i.reason = 'snoozed' THEN 'snoozed'
        WHEN i.reason = 'unreachable' THEN 'blocked'
        WHEN i.state IN ('done', 'expired') THEN 'silent'
        ELSE 'open' END AS outcome
    FROM invitation AS i LEFT JOIN response AS r ON r.invitation_id = i.id
    WHERE i.sent_at IS NOT NULL AND (COALESCE(i.reason, '') <> 'withdrawn' OR r.started_at IS NOT NULL)
) AS asked
GROUP BY journey, day, survey, outcome, cohort_id, channel
"""

_DELETE_ZEROS = """
DELETE FROM tally WHERE NOT settled AND n = 0 AND abs(total) + abs(squares) + abs(raw) + abs(mean_squares) < 1e-9
"""


def upgrade() -> None:
    # Not in a batch: it would copy the table and drop the old one, and with it every response.
    op.add_column("invitation", sa.Column("sent_hour", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE invitation SET sent_hour = -1 WHERE sent_at IS NOT NULL AND seal_at IS NULL AND state <> 'closed'"
    )
    op.execute(_OUTCOMES)
    op.execute(_DELETE_ZEROS)


def downgrade() -> None:
    op.execute("DELETE FROM tally WHERE measure = 'asked_at' OR measure LIKE 'asked:%'")
    op.execute("ALTER TABLE invitation DROP COLUMN sent_hour")
