"""Let a question have several chosen options, each a row of its own, and let "does not apply" be an answer.

``answer_file`` keeps the photos and voice messages that came as answers in words; a downgrade forgets them.
``choosing`` keeps which question more choices may come to. ``asks_less_often`` is a customer's wish.

A downgrade keeps the first of several choices, and forgets the answers "does not apply" and the wishes. What the other
choices counted stays counted: run ``tropa tally --rebuild`` afterwards.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NAME, _COLUMNS = "uq_answer_response_id_question", "(response_id, question)"
_HAS_CHOICE, _HAS_NONE = sa.text("choice IS NOT NULL"), sa.text("choice IS NULL")
_FLAGS = (("answer", "not_applicable"), ("customer", "asks_less_often"))

_DELETE_FURTHER_CHOICES = """
DELETE FROM answer WHERE response_id IS NOT NULL AND id NOT IN (
    SELECT min(id) FROM answer WHERE response_id IS NOT NULL GROUP BY response_id, question
)
"""


def upgrade() -> None:
    for table, flag in _FLAGS:
        # Not in batches: these would copy the tables, and with them drop every row that refers to them.
        op.execute(f"ALTER TABLE {table} ADD COLUMN {flag} BOOLEAN NOT NULL DEFAULT {'0' if _is_sqlite() else 'false'}")
    op.execute("ALTER TABLE response ADD COLUMN choosing VARCHAR(64)")
    _drop_constraint()
    _create_index("uq_answer_choice", ["response_id", "question", "choice"], _HAS_CHOICE)
    _create_index("uq_answer_one", ["response_id", "question"], _HAS_NONE)
    # Last, because the table of answers is copied before: then no table may refer to it.
    _create_answer_files()


def downgrade() -> None:
    op.drop_table("answer_file")
    op.drop_index("uq_answer_one", "answer")
    op.drop_index("uq_answer_choice", "answer")
    op.execute("DELETE FROM answer WHERE not_applicable")
    op.execute(_DELETE_FURTHER_CHOICES)
    op.execute("ALTER TABLE response DROP COLUMN choosing")
    for table, flag in _FLAGS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {flag}")
    _add_constraint()


def _create_answer_files() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "answer_file",
        sa.Column("id", number, nullable=False),
        sa.Column("answer_id", number, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_answer_file_answer_id_answer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_file")),
    )
    op.create_index(op.f("ix_answer_file_answer_id"), "answer_file", ["answer_id"])


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "answer", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _drop_constraint() -> None:
    if not _is_sqlite():
        op.execute(f"ALTER TABLE answer DROP CONSTRAINT {_NAME}")
        return
    before = _read_schema("table")[0]
    after = re.sub(rf",\s*CONSTRAINT {_NAME} UNIQUE {re.escape(_COLUMNS)}", "", before)
    if after == before:
        raise RuntimeError("the table of answers was made otherwise than by Tropa")
    _copy_answers(after)


def _add_constraint() -> None:
    if not _is_sqlite():
        op.execute(f"ALTER TABLE answer ADD CONSTRAINT {_NAME} UNIQUE {_COLUMNS}")
        return
    before = _read_schema("table")[0].rstrip().removesuffix(")")
    _copy_answers(f"{before.rstrip()},\n\tCONSTRAINT {_NAME} UNIQUE {_COLUMNS}\n)")


def _copy_answers(table: str) -> None:
    """Make the table of answers again with this SQL; no other table refers to it."""
    tx, indexes = op.get_bind(), _read_schema("index")
    tx.exec_driver_sql("ALTER TABLE answer RENAME TO answer_before")
    tx.exec_driver_sql(table)
    tx.exec_driver_sql("INSERT INTO answer SELECT * FROM answer_before")
    tx.exec_driver_sql("DROP TABLE answer_before")  # with its indexes
    for index in indexes:
        tx.exec_driver_sql(index)


def _read_schema(kind: str) -> list[str]:
    """Return the SQL that made the table of answers, or its indexes."""
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'answer' AND type = :kind AND sql IS NOT NULL"
    return [str(sql) for sql in op.get_bind().execute(sa.text(made), {"kind": kind}).scalars()]
