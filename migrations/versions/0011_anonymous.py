"""Let answers of anonymous journeys stand without a person once their conversation has ended.

A downgrade makes each answer without a person that of a person of its own, and closed invitations expired ones. What
was counted when they were closed stays counted: run ``tropa tally --rebuild`` afterwards.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_IS_TO_SEAL = sa.text("seal_at IS NOT NULL")
_IS_CLOSED = sa.text("state = 'closed'")


def upgrade() -> None:
    _change_customer_of_answers(" NOT NULL", "")
    # Not in a batch: it would copy the table and drop the old one, and with it every response.
    op.execute(f"ALTER TABLE invitation ADD COLUMN seal_at {'DATETIME' if _is_sqlite() else 'TIMESTAMPTZ'}")
    op.create_index(
        "ix_invitation_seal_at", "invitation", ["seal_at"], sqlite_where=_IS_TO_SEAL, postgresql_where=_IS_TO_SEAL
    )
    op.create_index(
        "ix_invitation_closed",
        "invitation",
        ["journey", "survey", "day"],
        sqlite_where=_IS_CLOSED,
        postgresql_where=_IS_CLOSED,
    )
    op.create_table(
        "sealed_cell",
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("width", sa.String(length=8), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("cohort_id", Id, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "journey", "survey", "width", "first", "cohort_id", "channel", name=op.f("pk_sealed_cell")
        ),
    )
    op.create_table(
        "closed_message",
        sa.Column("messenger", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("messenger", "address", "message_id", name=op.f("pk_closed_message")),
    )
    op.create_index(op.f("ix_closed_message_due_at"), "closed_message", ["due_at"])


def downgrade() -> None:
    op.drop_table("closed_message")
    op.drop_table("sealed_cell")
    op.drop_index("ix_invitation_closed", "invitation")
    op.drop_index("ix_invitation_seal_at", "invitation")
    op.execute("ALTER TABLE invitation DROP COLUMN seal_at")
    op.execute("UPDATE invitation SET state = 'expired' WHERE state = 'closed'")
    _give_people()
    _change_customer_of_answers("", " NOT NULL")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _give_people() -> None:
    """Make a person for each answer that has none."""
    tx, is_unnamed = op.get_bind(), "FROM answer WHERE customer_id IS NULL"
    columns = "external_id, created_at"
    tx.execute(sa.text(f"INSERT INTO customer ({columns}) SELECT 'unnamed-' || id, at {is_unnamed}"))
    whose = "SELECT customer.id FROM customer WHERE external_id = 'unnamed-' || answer.id"
    tx.execute(sa.text(f"UPDATE answer SET customer_id = ({whose}) WHERE customer_id IS NULL"))  # constants # nosec B608


def _change_customer_of_answers(before: str, after: str) -> None:
    """Let answers need a customer, or need none. SQLite copies the table for it; no other table refers to it."""
    if not _is_sqlite():
        op.execute(f"ALTER TABLE answer ALTER COLUMN customer_id {'SET' if after else 'DROP'} NOT NULL")
        return
    tx = op.get_bind()
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'answer' AND type = '{}' AND sql IS NOT NULL"
    table = str(tx.execute(sa.text(made.format("table"))).scalar_one())
    indexes = tx.execute(sa.text(made.format("index"))).scalars().all()
    copy = table.replace(f"customer_id INTEGER{before}", f"customer_id INTEGER{after}", 1)
    if copy == table:
        raise RuntimeError("the table of answers was made otherwise than by Tropa")
    tx.exec_driver_sql("ALTER TABLE answer RENAME TO answer_before")
    tx.exec_driver_sql(copy)
    tx.exec_driver_sql("INSERT INTO answer SELECT * FROM answer_before")
    tx.exec_driver_sql("DROP TABLE answer_before")  # with its indexes
    for index in indexes:
        tx.exec_driver_sql(index)
