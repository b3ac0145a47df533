"""Keep who works for the business: they are not asked."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:  # not in a batch: it would copy the table, and with it delete what refers to it
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    op.execute(f"ALTER TABLE customer ADD COLUMN is_staff BOOLEAN NOT NULL DEFAULT {no}")


def downgrade() -> None:
    op.execute("ALTER TABLE customer DROP COLUMN is_staff")
