"""Let imports be named units whose rows are known, so that they can be corrected and taken back.

Imported answers of before become one unit a journey, ``earlier-imports``. Their rows are found by the old key of an
answer, which held the row's name, and get the contents that a reading of the same file gives now, as far as the answers
tell. So a file that was imported before is recognized when it comes again under a name. Imported events of before look
like posted ones and belong to no unit.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.engine.columns import Id, UtcDateTime
from migrations.earlier_imports import make_units

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TOLD: Any = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_HAS_NO_DAY: dict[str, Any] = {"sqlite_where": sa.text("day IS NULL"), "postgresql_where": sa.text("day IS NULL")}
_IS_IMPORTED: dict[str, Any] = {
    "sqlite_where": sa.text("import_row_id IS NOT NULL"),
    "postgresql_where": sa.text("import_row_id IS NOT NULL"),
}
_HAS_WORDS: dict[str, Any] = {
    "sqlite_where": sa.text("text IS NOT NULL"),
    "postgresql_where": sa.text("text IS NOT NULL"),
}


def upgrade() -> None:
    _create_tables()
    # Not in a batch: that would copy the table and drop the old one, and with it every row that names a visit.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    number, no, digest = ("INTEGER", "0", "BLOB") if is_sqlite else ("BIGINT", "false", "BYTEA")
    reference = "CONSTRAINT fk_visit_import_row_id_imported_row REFERENCES imported_row (id) ON DELETE SET NULL"
    op.execute(f"ALTER TABLE visit ADD COLUMN import_row_id {number} {reference}")
    op.execute(f"ALTER TABLE visit ADD COLUMN attributes_digest {digest}")
    op.execute(f"ALTER TABLE answer ADD COLUMN import_row_id {number}")  # its reference follows with the copy
    op.execute(f"ALTER TABLE customer_attribute ADD COLUMN imported BOOLEAN NOT NULL DEFAULT {no}")
    make_units()
    _drop_source_keys()
    for table in ("visit", "answer"):
        op.create_index(f"ix_{table}_import_row_id", table, ["import_row_id"], **_IS_IMPORTED)


def _create_tables() -> None:
    op.create_table(
        "table_import",
        sa.Column("id", Id, nullable=False),
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("finished_run", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_import")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_table_import_unit", "table_import", ["journey", "name", "kind", "day"], unique=True)
    op.create_index(
        "uq_table_import_without_day", "table_import", ["journey", "name", "kind"], unique=True, **_HAS_NO_DAY
    )
    op.create_table(
        "imported_row",
        sa.Column("id", Id, nullable=False),
        sa.Column("import_id", Id, nullable=False),
        sa.Column("name", sa.LargeBinary(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(length=16), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("told", _TOLD, nullable=True),
        sa.Column("erased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_imported_row_customer_id_customer"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["table_import.id"], name=op.f("fk_imported_row_import_id_table_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_imported_row_name", "imported_row", ["import_id", "name"], unique=True)
    op.create_index("ix_imported_row_content", "imported_row", ["content", "import_id"])
    op.create_index("ix_imported_row_customer_id", "imported_row", ["customer_id"])


def _drop_source_keys() -> None:
    # SQLite copies the table; the index of words, which holds some rows only, is made again by hand.
    op.drop_index("ix_answer_words", "answer", **_HAS_WORDS)
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_constraint("uq_answer_source_key", type_="unique")
        batch_op.drop_column("source_key")
        batch_op.create_foreign_key(
            "fk_answer_import_row_id_imported_row", "imported_row", ["import_row_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_answer_words", "answer", ["journey", "day", "at", "id"], **_HAS_WORDS)


def downgrade() -> None:
    for table in ("visit", "answer"):
        op.drop_index(f"ix_{table}_import_row_id", table, **_IS_IMPORTED)
    op.drop_index("ix_answer_words", "answer", **_HAS_WORDS)
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_constraint("fk_answer_import_row_id_imported_row", type_="foreignkey")
        batch_op.add_column(sa.Column("source_key", sa.String(length=192), nullable=True))
        batch_op.create_unique_constraint("uq_answer_source_key", ["source_key"])
    op.create_index("ix_answer_words", "answer", ["journey", "day", "at", "id"], **_HAS_WORDS)
    # An older Tropa knows none of these rows again, because their names are not stored any more.
    op.execute("UPDATE answer SET source_key = 'answer ' || id WHERE import_row_id IS NOT NULL")
    for table, column in (
        ("visit", "import_row_id"),
        ("visit", "attributes_digest"),
        ("answer", "import_row_id"),
        ("customer_attribute", "imported"),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("imported_row")
    op.drop_table("table_import")
