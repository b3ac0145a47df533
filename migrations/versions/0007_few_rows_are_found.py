"""Let the rows behind small figures be found: visits by stage and cohort, words by their day, open invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_HAS_WORDS = sa.text("text IS NOT NULL")
_IS_OPEN = sa.text("state IN ('open', 'answering')")


def upgrade() -> None:
    op.create_index("ix_visit_stage_cohort_day", "visit", ["journey", "stage", "cohort_id", "day"])
    op.create_index(
        "ix_answer_words",
        "answer",
        ["journey", "day", "at", "id"],
        sqlite_where=_HAS_WORDS,
        postgresql_where=_HAS_WORDS,
    )
    op.create_index(
        "ix_invitation_answerable", "invitation", ["journey", "day"], sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN
    )


def downgrade() -> None:
    op.drop_index("ix_invitation_answerable", "invitation")
    op.drop_index("ix_answer_words", "answer")
    op.drop_index("ix_visit_stage_cohort_day", "visit")
