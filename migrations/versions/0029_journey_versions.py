"""Keep drafts of journeys, which version a version brings back, and since when a journey is archived.

The way back loses drafts and archives; no version of a journey is lost.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_COLUMNS = (("restores", sa.Integer()), ("archived_at", UtcDateTime()), ("archived_by", sa.String(length=96)))


def upgrade() -> None:
    op.create_table(
        "journey_draft",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(length=96), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_journey_draft")),
    )
    for name, kind in _COLUMNS:
        op.add_column("journey_version", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(_COLUMNS):
        op.drop_column("journey_version", name)
    op.drop_table("journey_draft")
