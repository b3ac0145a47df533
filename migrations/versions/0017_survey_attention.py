"""Count how many visits of each survey could be asked about and were to be, and let its answered questions be found."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_IS_ANSWERED = sa.text("state IN ('answering', 'done', 'closed')")


def upgrade() -> None:
    op.create_table(
        "survey_attention",
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("journey", "survey", "day", name=op.f("pk_survey_attention")),
    )
    op.create_index(
        "ix_invitation_answered",
        "invitation",
        ["journey", "survey", "sent_at", "customer_id"],
        sqlite_where=_IS_ANSWERED,
        postgresql_where=_IS_ANSWERED,
    )


def downgrade() -> None:
    op.drop_index("ix_invitation_answered", "invitation")
    op.drop_table("survey_attention")
