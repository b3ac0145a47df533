"""Keep with each stage entry when its walk began and which amount it had told; count these, and measures.

The columns are filled and the counters moved by `bot.db.upkeep.facts.earlier_facts`, in the transaction of the upgrade:
only the journey in force tells which visits are one walk. Of entries whose visits are retired, and of people who were
forgotten, neither is known.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stage_entry", sa.Column("started_at", UtcDateTime(), nullable=True))
    op.add_column("stage_entry", sa.Column("amount", sa.Float(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM tally WHERE measure IN ('since_start', 'amount') OR measure LIKE 'measure:%'")
    op.execute("ALTER TABLE stage_entry DROP COLUMN amount")
    op.execute("ALTER TABLE stage_entry DROP COLUMN started_at")
