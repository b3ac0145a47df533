"""Record each consent with its wording, keep forgotten people from being asked again, and keep mutes of who forgot."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PEOPLE = 5_000  # that are read at once


def upgrade() -> None:
    op.create_table(
        "consent_wording",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_consent_wording")),
    )
    op.create_table(
        "consent_record",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_consent_record_customer_id_customer"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_record")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_consent_record_customer_id"), "consent_record", ["customer_id"])
    op.create_index(op.f("ix_consent_record_person"), "consent_record", ["person"])
    op.create_table(
        "do_not_ask",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_do_not_ask")),
    )
    op.create_table(
        "kept_mute",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("muted_by", sa.String(length=96), nullable=False),
        sa.Column("muted_name", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("account", "journey", name=op.f("pk_kept_mute")),
    )
    _record_earlier_consents(_make_key())


def _make_key() -> str:
    """Return the key of people's hashes, and store it if there is none: `bot.db.people.person_hash` reads it."""
    table = sa.table("secret", sa.column("name"), sa.column("value"), sa.column("at", UtcDateTime))
    known = op.get_bind().execute(sa.select(table.c.value).where(table.c.name == "person")).scalar()
    if known is not None:
        return str(known)
    key = secrets.token_urlsafe(32)
    op.bulk_insert(table, [{"name": "person", "value": key, "at": datetime.now(UTC)}])
    return key


def _record_earlier_consents(key: str) -> None:
    """Record what people agreed to before there were records: without a wording, which nobody stored then."""
    table = sa.table(
        "consent_record",
        *(sa.column(name) for name in ("customer_id", "person", "event", "way", "actor", "language")),
        sa.column("at", UtcDateTime),
    )
    for people in _list_people():
        records = [record for person in people for record in _person_records(person, key)]
        op.bulk_insert(table, records)


def _list_people() -> Iterator[list[Any]]:
    customer = sa.table(
        "customer",
        *(sa.column(name) for name in ("id", "external_id", "language")),
        sa.column("consent_at", UtcDateTime),
        sa.column("stopped_at", UtcDateTime),
    )
    last = 0
    while True:
        consented = customer.c.consent_at.is_not(None) & customer.c.external_id.is_not(None)
        wanted = sa.select(customer).where(customer.c.id > last, consented).order_by(customer.c.id).limit(_PEOPLE)
        people = list(op.get_bind().execute(wanted))
        if not people:
            return
        yield people
        last = people[-1].id


def _person_records(person: Any, key: str) -> Iterator[dict[str, Any]]:
    mac = hmac.new(key.encode(), f"id\0{person.external_id}".encode(), hashlib.sha256).hexdigest()
    common = {"customer_id": person.id, "person": mac, "way": "unknown", "actor": "customer"}
    common |= {"language": person.language}
    yield common | {"event": "given", "at": person.consent_at}
    if person.stopped_at is not None:
        yield common | {"event": "withdrawn", "at": person.stopped_at}


def downgrade() -> None:
    op.drop_table("kept_mute")
    op.drop_table("do_not_ask")
    op.drop_table("consent_record")
    op.drop_table("consent_wording")
    op.execute("DELETE FROM secret WHERE name = 'person'")
