"""Keep an audit log: who looked at whose words, and who changed journeys, roles and cases."""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.String(length=96), nullable=False),
        sa.Column("actor_name", sa.String(length=128), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("journey", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.String(length=160), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor"])
    op.create_table(
        "audit_mention",
        sa.Column("entry_id", Id, autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=96), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["audit_entry.id"],
            name=op.f("fk_audit_mention_entry_id_audit_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", "person", name=op.f("pk_audit_mention")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_audit_mention_person", "audit_mention", ["person"])


def downgrade() -> None:
    op.drop_table("audit_mention")
    op.drop_table("audit_entry")
