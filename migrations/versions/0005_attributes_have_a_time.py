"""Keep what was told about a customer with its time.

Known attributes are taken to hold since the customer's first trace, so that all their visits stay in their segments.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CUSTOMER = sa.table(
    "customer", sa.column("id", Id), sa.column("attributes", Json), sa.column("created_at", UtcDateTime)
)
_VISIT, _ANSWER = (
    sa.table(name, sa.column("customer_id", Id), sa.column("at", UtcDateTime)) for name in ("visit", "answer")
)
_TOLD = sa.table(
    "customer_attribute",
    sa.column("customer_id", Id),
    sa.column("key", sa.String),
    sa.column("since", UtcDateTime),
    sa.column("value", Json),
)
_AT_ONCE = 1000


def upgrade() -> None:
    op.create_table(
        "customer_attribute",
        sa.Column("customer_id", Id, nullable=False, autoincrement=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_attribute_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "key", "since", name=op.f("pk_customer_attribute")),
        sqlite_with_rowid=False,
    )
    _copy_to_rows()
    # Not in a batch: that would copy the table and drop the old one, and with it every row that names a customer.
    op.execute("ALTER TABLE customer DROP COLUMN attributes")


def downgrade() -> None:
    json = "JSONB" if op.get_bind().dialect.name == "postgresql" else "JSON"
    op.execute(f"ALTER TABLE customer ADD COLUMN attributes {json} NOT NULL DEFAULT '{{}}'")
    _copy_to_columns()
    op.drop_table("customer_attribute")


def _copy_to_rows() -> None:
    first_visit, first_answer = (
        sa.select(sa.func.min(table.c.at)).where(table.c.customer_id == _CUSTOMER.c.id).scalar_subquery()
        for table in (_VISIT, _ANSWER)
    )
    people = sa.select(
        _CUSTOMER.c.id,
        _CUSTOMER.c.attributes,
        _CUSTOMER.c.created_at,
        first_visit.label("first_visit"),
        first_answer.label("first_answer"),
    )
    tx, last = op.get_bind(), 0
    while rows := tx.execute(people.where(_CUSTOMER.c.id > last).order_by(_CUSTOMER.c.id).limit(_AT_ONCE)).all():
        last = rows[-1].id
        told = [told for row in rows for told in _list_told(row)]
        if told:
            tx.execute(sa.insert(_TOLD), told)


def _list_told(row: Any) -> list[dict[str, object]]:
    since = min(at for at in (row.created_at, row.first_visit, row.first_answer) if at is not None)
    return [
        {"customer_id": row.id, "key": key[:64], "since": since, "value": value}
        for key, value in (row.attributes or {}).items()
    ]


def _copy_to_columns() -> None:
    tx = op.get_bind()
    known: dict[int, dict[str, object]] = {}
    for row in tx.execute(sa.select(_TOLD).order_by(_TOLD.c.since)):
        known.setdefault(row.customer_id, {})[row.key] = row.value
    if known:
        change = sa.update(_CUSTOMER).where(_CUSTOMER.c.id == sa.bindparam("customer_id"))
        tx.execute(change, [{"customer_id": number, "attributes": values} for number, values in known.items()])
