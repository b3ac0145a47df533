"""Keep views of maps under a name, and the lanes that a chat chose for its files."""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, Json, UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_IS_KEPT = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", Id, nullable=False),
        sa.Column("owner", sa.String(length=96), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("folded", sa.String(length=128), nullable=False),
        sa.Column("former_name", sa.String(length=64), nullable=True),
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("for_digest", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("deleted_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_saved_view_name",
        "saved_view",
        ["owner", "folded"],
        unique=True,
        sqlite_where=_IS_KEPT,
        postgresql_where=_IS_KEPT,
    )
    op.create_table(
        "map_preference",
        sa.Column("owner", sa.String(length=96), nullable=False),
        sa.Column("lanes", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_map_preference")),
    )


def downgrade() -> None:
    op.drop_table("map_preference")
    op.drop_table("saved_view")
