"""Give letters the time of the last try that may have arrived: some kinds are repeated after it, and only once."""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unknown_at", UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_letter_in_doubt",
            ["address", "unknown_at"],
            sqlite_where=sa.text("unknown_at IS NOT NULL"),
            postgresql_where=sa.text("unknown_at IS NOT NULL"),
        )
    # What is unknown already stays so; when it became so was not stored.
    op.execute("UPDATE letter SET unknown_at = due_at WHERE state = 'unknown'")


def downgrade() -> None:
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_in_doubt")
        batch_op.drop_column("unknown_at")
