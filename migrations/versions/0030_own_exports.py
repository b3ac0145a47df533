"""Tell which questions, cases and changes of teams came from an own export, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_TABLES = ("invitation", "case", "change")
_IS_IMPORTED = sa.text("import_row_id IS NOT NULL")


def upgrade() -> None:
    # Not in a batch: it would copy the tables and drop the old ones, and with them all that refers to them.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table in _TABLES:
        constraint = f"CONSTRAINT fk_{table}_import_row_id_imported_row"
        reference = f"{constraint} REFERENCES imported_row (id) ON DELETE SET NULL"
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN import_row_id {number} {reference}')
        op.create_index(
            f"ix_{table}_import_row_id",
            table,
            ["import_row_id"],
            sqlite_where=_IS_IMPORTED,
            postgresql_where=_IS_IMPORTED,
        )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_index(f"ix_{table}_import_row_id", table)
        op.execute(f'ALTER TABLE "{table}" DROP COLUMN import_row_id')
