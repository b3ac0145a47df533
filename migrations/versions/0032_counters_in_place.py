"""PostgreSQL keeps a counter's row in its place: its sums stood in an index, so each change wrote to every index."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_WITH_SUMS, _WITHOUT_SUMS = "ix_tally_no_channel", "ix_tally_all_channels"
_KEY = ["journey", "day"]
_SUMS = ["n", "total", "squares", "raw", "mean_squares"]
_TABLES = ("tally", "tally_total", "tally_week", "tally_duration", "gap_tally", "gap_tally_week")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    if not _is_postgresql():
        return
    op.drop_index(_WITH_SUMS, "tally")
    op.create_index(_WITHOUT_SUMS, "tally", _KEY, postgresql_where=sa.text("channel = ''"))
    for table in _TABLES:  # room on each page for the next version of a row
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 80)")


def downgrade() -> None:
    if not _is_postgresql():
        return
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
    op.drop_index(_WITHOUT_SUMS, "tally")
    op.create_index(_WITH_SUMS, "tally", [*_KEY, *_SUMS], postgresql_where=sa.text("channel = ''"))
