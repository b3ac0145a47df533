"""Let messages that quote people be known, and taken back when these people are forgotten."""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: this would copy the table.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"ALTER TABLE letter ADD COLUMN quotes {'JSON' if is_sqlite else 'JSONB'}")
    op.create_table(
        "quoted_message",
        sa.Column("messenger", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("carrier", sa.String(length=8), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_quoted_message_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("messenger", "address", "message_id", "customer_id", name=op.f("pk_quoted_message")),
    )
    op.create_index(op.f("ix_quoted_message_customer_id"), "quoted_message", ["customer_id"])
    op.create_index(op.f("ix_quoted_message_at"), "quoted_message", ["at"])
    op.create_table(
        "erasure",
        sa.Column("id", Id, nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("about", Id, nullable=True),
        sa.Column("messenger", sa.String(length=16), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_erasure_about"), "erasure", ["about"])
    op.create_table(
        "recall",
        sa.Column("id", Id, nullable=False),
        sa.Column("erasure_id", Id, nullable=False),
        sa.Column("messenger", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(length=8), nullable=True),
        sa.Column("case_number", Id, nullable=True),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.String(length=256), nullable=True),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasure.id"], name=op.f("fk_recall_erasure_id_erasure"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recall_erasure_id"), "recall", ["erasure_id"])
    op.create_index("ix_recall_state_due_at", "recall", ["state", "due_at"])
    op.create_index("ix_recall_address_message_id", "recall", ["address", "message_id"])


def downgrade() -> None:
    op.drop_table("recall")
    op.drop_table("erasure")
    op.drop_table("quoted_message")
    op.execute("ALTER TABLE letter DROP COLUMN quotes")
