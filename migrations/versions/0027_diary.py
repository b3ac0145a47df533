"""Keep volunteer diaries: who was invited to keep one, who does, and which invitations are their messages.

A downgrade deletes the messages of diaries with what was answered to them; no counter counts either.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_IS_RUNNING = sa.text("state = 'running'")
_IS_OF_DIARY = sa.text("diary_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "diary",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("invitation_id", Id, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("times_a_day", sa.Integer(), nullable=False),
        sa.Column("offered_at", UtcDateTime, nullable=False),
        sa.Column("joined_at", UtcDateTime, nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_diary_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_diary_customer_id"), "diary", ["customer_id"])
    op.create_index(op.f("ix_diary_invitation_id"), "diary", ["invitation_id"])
    op.create_index("ix_diary_due_at", "diary", ["due_at"], sqlite_where=_IS_RUNNING, postgresql_where=_IS_RUNNING)
    op.create_index(
        "uq_diary_one_running",
        "diary",
        ["customer_id"],
        unique=True,
        sqlite_where=_IS_RUNNING,
        postgresql_where=_IS_RUNNING,
    )
    # Not in a batch: it would copy the table and drop the old one, and with it every response.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    reference = "CONSTRAINT fk_invitation_diary_id_diary REFERENCES diary (id) ON DELETE CASCADE"
    op.execute(f"ALTER TABLE invitation ADD COLUMN diary_id {number} {reference}")
    for name, columns in (("ix_invitation_diary_id", ["diary_id"]), ("ix_invitation_diary", ["journey", "day"])):
        op.create_index(name, "invitation", columns, sqlite_where=_IS_OF_DIARY, postgresql_where=_IS_OF_DIARY)


def downgrade() -> None:
    op.execute("DELETE FROM invitation WHERE diary_id IS NOT NULL")
    op.drop_index("ix_invitation_diary", "invitation")
    op.drop_index("ix_invitation_diary_id", "invitation")
    op.execute("ALTER TABLE invitation DROP COLUMN diary_id")
    op.drop_table("diary")
