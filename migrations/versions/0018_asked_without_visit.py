"""Let people be asked without a visit: by the calendar, or by a manager's campaign.

A downgrade deletes what was asked so, with its answers. What these counted stays counted: run ``tropa tally --rebuild``
afterwards.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = ("invitation", "decision")
_IS_RUNNING = sa.text("state = 'running'")
_HAS_OCCASION = sa.text("occasion IS NOT NULL")
_HAS_CAMPAIGN = sa.text("campaign_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", Id, nullable=False),
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("segment", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("messenger", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("reached_id", Id, nullable=False),
        sa.Column("last_id", Id, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_campaign_one_running",
        "campaign",
        ["journey", "survey"],
        unique=True,
        sqlite_where=_IS_RUNNING,
        postgresql_where=_IS_RUNNING,
    )
    for table in _TABLES:
        _change_visit(table, " NOT NULL", "")
    # Not in a batch: it would copy the table and drop the old one, and with it every response.
    op.execute("ALTER TABLE invitation ADD COLUMN occasion VARCHAR(160)")
    _add_reference("invitation", "campaign_id", "campaign", "SET NULL")
    _add_reference("decision", "invitation_id", "invitation", "CASCADE")
    op.create_index(
        "uq_invitation_occasion",
        "invitation",
        ["occasion"],
        unique=True,
        sqlite_where=_HAS_OCCASION,
        postgresql_where=_HAS_OCCASION,
    )
    op.create_index(
        "ix_invitation_campaign_id_state",
        "invitation",
        ["campaign_id", "state"],
        sqlite_where=_HAS_CAMPAIGN,
        postgresql_where=_HAS_CAMPAIGN,
    )
    is_of_invitation = sa.text("invitation_id IS NOT NULL")
    op.create_index(
        "ix_decision_invitation_id",
        "decision",
        ["invitation_id"],
        sqlite_where=is_of_invitation,
        postgresql_where=is_of_invitation,
    )


def downgrade() -> None:
    op.execute("DELETE FROM decision WHERE visit_id IS NULL")
    op.execute("DELETE FROM invitation WHERE visit_id IS NULL")
    op.drop_index("ix_decision_invitation_id", "decision")
    op.drop_index("ix_invitation_campaign_id_state", "invitation")
    op.drop_index("uq_invitation_occasion", "invitation")
    op.execute("ALTER TABLE decision DROP COLUMN invitation_id")
    op.execute("ALTER TABLE invitation DROP COLUMN campaign_id")
    op.execute("ALTER TABLE invitation DROP COLUMN occasion")
    for table in _TABLES:
        _change_visit(table, "", " NOT NULL")
    op.drop_table("campaign")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _add_reference(table: str, column: str, to: str, on_delete: str) -> None:
    number = "INTEGER" if _is_sqlite() else "BIGINT"
    reference = f"CONSTRAINT fk_{table}_{column}_{to} REFERENCES {to} (id) ON DELETE {on_delete}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {number} {reference}")


def _change_visit(table: str, before: str, after: str) -> None:
    """Let a table's rows need a visit, or need none.

    On SQLite only the text of the schema changes, as its manual describes it for NOT NULL: the rows stay as they are,
    and what refers to them too.
    """
    if not _is_sqlite():
        op.execute(f"ALTER TABLE {table} ALTER COLUMN visit_id {'SET' if after else 'DROP'} NOT NULL")
        return
    tx = op.get_bind()
    made = sa.text("SELECT sql FROM sqlite_master WHERE name = :name AND type = 'table'")
    stored = str(tx.execute(made, {"name": table}).scalar_one())
    changed = stored.replace(f"visit_id INTEGER{before}", f"visit_id INTEGER{after}", 1)
    if changed == stored:
        raise RuntimeError(f"the table {table} was made otherwise than by Tropa")
    version = int(tx.exec_driver_sql("PRAGMA schema_version").scalar_one())
    tx.exec_driver_sql("PRAGMA writable_schema = ON")
    save = sa.text("UPDATE sqlite_master SET sql = :sql WHERE name = :name AND type = 'table'")
    tx.execute(save, {"sql": changed, "name": table})
    tx.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")  # so that every connection reads it again
    tx.exec_driver_sql("PRAGMA writable_schema = OFF")
