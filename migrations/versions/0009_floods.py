"""Let letters say whom they are about, messages of cases be kept without a letter, and teams mute a person."""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_IS_ABOUT_SOMEBODY = sa.text("about IS NOT NULL")


def upgrade() -> None:
    # Not in batches: these would copy the tables.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    number, no = ("INTEGER", "0") if is_sqlite else ("BIGINT", "false")
    op.execute(f"ALTER TABLE letter ADD COLUMN about {number}")
    op.execute(f"ALTER TABLE case_message ADD COLUMN kept BOOLEAN NOT NULL DEFAULT {no}")
    op.create_index(
        "ix_letter_about",
        "letter",
        ["about"],
        sqlite_where=_IS_ABOUT_SOMEBODY,
        postgresql_where=_IS_ABOUT_SOMEBODY,
    )
    op.create_table(
        "writer_mute",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("muted_by", sa.String(length=96), nullable=False),
        sa.Column("muted_name", sa.String(length=128), nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("ended_by", sa.String(length=96), nullable=True),
        sa.Column("ended_name", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_writer_mute_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_writer_mute")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_writer_mute_customer_id"), "writer_mute", ["customer_id"])


def downgrade() -> None:
    op.drop_table("writer_mute")
    op.drop_index("ix_letter_about", "letter")
    op.execute("ALTER TABLE case_message DROP COLUMN kept")
    op.execute("ALTER TABLE letter DROP COLUMN about")
