"""Keep when somebody was found to stay behind, which answers are recalled, why sales were lost, and a link's source."""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_HAS_REASON = sa.text("lost_reason IS NOT NULL")


def upgrade() -> None:
    # Not in batches: these would copy the tables, and with them drop every row that refers to them.
    op.add_column("invitation", sa.Column("trigger_at", UtcDateTime, nullable=True))
    op.add_column("answer", sa.Column("recalled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("link", sa.Column("source", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_visit_lost_reason",
        "visit",
        ["journey", "day"],
        sqlite_where=_HAS_REASON,
        postgresql_where=_HAS_REASON,
    )


def downgrade() -> None:
    op.drop_index("ix_visit_lost_reason", "visit")
    op.execute("ALTER TABLE link DROP COLUMN source")
    op.execute("ALTER TABLE answer DROP COLUMN recalled")
    op.execute("ALTER TABLE invitation DROP COLUMN trigger_at")
