"""Keep the words of a writer's own names that stand in an answer or a message of a case: they are blurred in quotes."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = ("answer", "case_message")


def upgrade() -> None:
    for table in _TABLES:  # not in batches: these would copy the tables
        op.execute(f"ALTER TABLE {table} ADD COLUMN own_names TEXT")


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN own_names")
