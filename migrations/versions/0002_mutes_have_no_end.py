"""Drop the end of a mute: nothing ever set one, and a mute lasts until the customer takes it back."""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mute", schema=None) as batch_op:
        batch_op.drop_column("until")


def downgrade() -> None:
    with op.batch_alter_table("mute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until", UtcDateTime(timezone=True), nullable=True))
