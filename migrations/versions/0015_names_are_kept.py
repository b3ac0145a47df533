"""Name mutes by journey and version, record renamings, and tell what people chose from what the business told.

A mute from before gets the journey of the conversation that it ended, as far as that is still known; else it is one of
each journey that ever had such a stage or touchpoint. Without any it stays as it is.

A language or zone of somebody who has a chat counts as their own choice: who told it was not stored, and what a person
chose must not be overwritten.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.db.engine.columns import Id

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_Names = dict[str, set[str]]
_CHUNK = 5_000
_OWN = {"has_own_language": "language", "has_own_zone": "timezone"}


def upgrade() -> None:
    op.create_table(
        "renaming",
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("old", sa.String(length=64), nullable=False),
        sa.Column("new", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("journey", "version", "old", name=op.f("pk_renaming")),
    )
    known = _record_renamings()
    before = _read_mutes()
    op.drop_table("mute")
    _create_mutes(
        sa.Column("journey", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
    )
    _insert_mutes([row for mute in before for row in _name_journeys(mute, known)], "journey", "subject", "version")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for column, told in _OWN.items():
        # Not in a batch: it would copy the table and drop the old one, and with it every row that refers to it.
        no, yes = ("0", "1") if is_sqlite else ("false", "true")
        op.execute(f"ALTER TABLE customer ADD COLUMN {column} BOOLEAN NOT NULL DEFAULT {no}")
        is_chosen = f"{told} IS NOT NULL AND address IS NOT NULL"
        op.execute(f"UPDATE customer SET {column} = {yes} WHERE {is_chosen}")  # constants # nosec B608
    op.execute("ALTER TABLE customer ADD COLUMN told_zone VARCHAR(64)")


def downgrade() -> None:
    for column in (*_OWN, "told_zone"):
        op.execute(f"ALTER TABLE customer DROP COLUMN {column}")
    mutes = sorted({(mute["customer_id"], mute["subject"]) for mute in _read_mutes()})
    op.drop_table("mute")
    _create_mutes(sa.Column("subject", sa.String(length=64), nullable=False))
    _insert_mutes([{"customer_id": person, "subject": subject} for person, subject in mutes], "subject")
    op.drop_table("renaming")


def _record_renamings() -> _Names:
    """Record what each stored file says of former keys; return the journeys that ever had a key, by key."""
    files = sa.table("journey_version", *(sa.column(name) for name in ("key", "version", "source")))
    renaming = sa.table("renaming", *(sa.column(name) for name in ("journey", "version", "old", "new")))
    told: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)  # by the version before
    journeys: _Names = defaultdict(set)
    for file in op.get_bind().execute(sa.select(files).order_by(files.c.key, files.c.version)):
        parts = list(_list_parts(file.source))
        pairs = {(old, part["key"]) for part in parts for old in part.get("was", ())}
        new = sorted(pairs - told[file.key])
        same = {"journey": file.key, "version": file.version}
        op.bulk_insert(renaming, [same | {"old": old, "new": key} for old, key in new])
        told[file.key] = pairs
        for key in {part["key"] for part in parts} | {old for old, _ in pairs}:
            journeys[key].add(file.key)
    return journeys


def _list_parts(source: str) -> Iterator[dict[str, Any]]:
    """Return the stages and touchpoints of a file that was accepted once."""
    for stage in tomllib.loads(source).get("stages", ()):
        yield stage
        yield from stage.get("touchpoints", ())


def _read_mutes() -> list[dict[str, Any]]:
    mute = sa.table("mute", sa.column("customer_id"), sa.column("subject"))
    return [dict(row._mapping) for row in op.get_bind().execute(sa.select(mute))]


def _create_mutes(*columns: sa.Column[Any]) -> None:
    op.create_table(
        "mute",
        sa.Column("customer_id", Id, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_mute_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", *(column.name for column in columns), name=op.f("pk_mute")),
    )


def _insert_mutes(rows: list[dict[str, Any]], *names: str) -> None:
    table = sa.table("mute", sa.column("customer_id"), *(sa.column(name) for name in names))
    for start in range(0, len(rows), _CHUNK):
        op.bulk_insert(table, rows[start : start + _CHUNK])


def _name_journeys(mute: dict[str, Any], known: _Names) -> list[dict[str, Any]]:
    """Return the rows of a mute from before: with the journeys and versions that it can be of."""
    subject = mute["subject"]
    asked = op.get_bind().execute(_ENDED_BY_MUTE, mute).all()
    newest = {row.journey: row.version for row in asked}
    names = newest or dict.fromkeys(sorted(known.get(subject, ())), 0) or {"": 0}
    return [mute | {"journey": journey, "version": version} for journey, version in names.items()]


_ENDED_BY_MUTE = sa.text(
    "SELECT invitation.journey AS journey, invitation.version AS version "
    "FROM invitation JOIN response ON response.invitation_id = invitation.id "
    "WHERE invitation.customer_id = :customer_id AND invitation.subject = :subject AND response.step = '@declined' "
    "ORDER BY invitation.version"
)
