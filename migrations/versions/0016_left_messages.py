"""Keep which messages a conversation has left, until they show no buttons any more.

Messages of open questions that a reminder has left before are among them; those of closed ones tell the truth when they
are tapped.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "left_message",
        sa.Column("messenger", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("response_id", Id, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_left_message_response_id_response"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("messenger", "address", "message_id", name=op.f("pk_left_message")),
    )
    op.create_index(op.f("ix_left_message_response_id"), "left_message", ["response_id"])
    op.create_index(op.f("ix_left_message_due_at"), "left_message", ["due_at"])
    op.execute(
        "INSERT INTO left_message (messenger, address, message_id, response_id, attempts, due_at) "
        "SELECT ref.messenger, ref.address, ref.message_id, response.id, 0, ref.at FROM invitation "
        "JOIN response ON response.invitation_id = invitation.id "
        "JOIN message_ref ref ON ref.kind = 'response' AND ref.ref = response.id "
        "WHERE invitation.state IN ('open', 'answering') "
        "AND (ref.message_id <> response.message_id OR ref.address <> response.address)"
    )


def downgrade() -> None:
    op.drop_table("left_message")
