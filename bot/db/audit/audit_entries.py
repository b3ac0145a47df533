"""Entries of the audit log: appended, read newest first, and pruned.

Invariants:

* An entry holds no words of customers, only numbers, keys, and who acted.
* An entry about a change is written in the transaction of the change.
* An entry is never edited, with one exception: forgetting a person replaces them by a keyed hash.
* Entries that are too old or too many are deleted, the oldest first.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, inspect, or_, select, update

from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.audit.tables import audit_entry_table, audit_mention_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader

MOST_ENTRIES = 500_000
"""Entries that are kept at most; older ones go, however young they are."""

MOST_MENTIONS = 200
"""People whom one entry names. Exports and imports are about more: they name their journey instead."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry; ``people`` is the number of people whom it was about, None where that says nothing.

    ``persons`` names them, up to `MOST_MENTIONS`: ids of customers, accounts of managers, hashes of the forgotten.
    """

    id: int
    at: datetime
    actor: str
    actor_name: str | None
    action: AuditAction
    journey: str | None
    subject: str | None
    people: int | None
    persons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Entries to list: since a time, of a journey, of an action, about any of ``persons``, by any of ``actors``.

    "command line" stands for everybody at the command line, and "telegram" for all accounts of that messenger.
    """

    since: datetime | None = None
    actors: Collection[str] | None = None
    journey: str | None = None
    action: AuditAction | None = None
    persons: Collection[str] | None = None


_INSERT = insert(audit_entry_table).returning(audit_entry_table.c.id)
_INSERT_MENTION = insert(audit_mention_table)


def record_entry(
    tx: Connection,
    now: datetime,
    actor: AuditActor,
    action: AuditAction,
    *,
    journey: str | None = None,
    subject: str | None = None,
    persons: Collection[int | str] | None = None,
    people: int | None = None,
) -> None:
    """Append an entry.

    ``persons`` are ids of customers, an account or a hash; ``people`` counts those of whom none is named.
    """
    named = sorted({str(person) for person in persons or ()})
    values = {
        "at": now,
        "actor": actor.account[:96],
        "actor_name": actor.name[:128] if actor.name else None,
        "action": action,
        "journey": journey,
        "subject": subject[:160] if subject else None,
        "people": len(named) if people is None and persons is not None else people,
    }
    entry_id: int = tx.execute(_INSERT, values).scalar_one()
    if named:
        tx.execute(_INSERT_MENTION, [{"entry_id": entry_id, "person": person} for person in named[:MOST_MENTIONS]])


def list_entries(tx: Connection, wanted: AuditFilter, limit: int, before_id: int | None = None) -> list[AuditEntry]:
    """Return the newest entries that fit; ``before_id`` goes on below an entry that was listed."""
    query = select(audit_entry_table).where(*_conditions(wanted)).order_by(audit_entry_table.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(audit_entry_table.c.id < before_id)
    return _read_entries(tx, query)


def is_kept(tx: Connection) -> bool:
    """Return whether the database has an audit log; one of an earlier version has none."""
    return inspect(tx).has_table(audit_entry_table.name)


def has_any(tx: Connection) -> bool:
    """Return whether the log has an entry."""
    return tx.execute(select(audit_entry_table.c.id).limit(1)).first() is not None


def count_entries(tx: Connection, action: AuditAction, person: str, since: datetime) -> int:
    """Return how many entries of an action are about a person, by an id or a hash, since a time."""
    wanted = AuditFilter(since=since, action=action, persons=(person,))
    return tx.scalar(select(func.count()).select_from(audit_entry_table).where(*_conditions(wanted))) or 0


def list_names(tx: Connection, actors: Collection[str]) -> dict[str, str]:
    """Return what people called these accounts when they acted last, as far as the log still knows."""
    entry = audit_entry_table.c
    found = select(entry.actor, entry.actor_name).where(entry.actor.in_(actors), entry.actor_name.is_not(None))
    return {row.actor: row.actor_name for row in tx.execute(found.distinct().order_by(entry.actor))}


def list_mentions(tx: Connection, customer_id: int) -> list[AuditEntry]:
    """Return all entries about a customer, newest first. They name nobody else."""
    query = select(audit_entry_table).where(*_conditions(AuditFilter(persons=(str(customer_id),))))
    return [_entry_from_row(row) for row in tx.execute(query.order_by(audit_entry_table.c.id.desc()))]


def _read_entries(tx: Connection, query: Select[Any]) -> list[AuditEntry]:
    entries = [_entry_from_row(row) for row in tx.execute(query)]
    persons: defaultdict[int, list[str]] = defaultdict(list)
    for ids in split_into_chunks([entry.id for entry in entries]):
        named = select(audit_mention_table).where(audit_mention_table.c.entry_id.in_(ids))
        for row in tx.execute(named.order_by(audit_mention_table.c.person)):
            persons[row.entry_id].append(row.person)
    return [replace(entry, persons=tuple(persons[entry.id])) for entry in entries]


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    entry, conditions = audit_entry_table.c, []
    if wanted.since is not None:
        conditions.append(entry.at >= wanted.since)
    if wanted.actors is not None:
        begun = [entry.actor.startswith(f"{actor}:", autoescape=True) for actor in wanted.actors]
        conditions.append(or_(entry.actor.in_(wanted.actors), *begun))
    if wanted.journey is not None:
        conditions.append(entry.journey == wanted.journey)
    if wanted.action is not None:
        conditions.append(entry.action == wanted.action)
    if wanted.persons is not None:
        about = select(audit_mention_table.c.entry_id).where(audit_mention_table.c.person.in_(wanted.persons))
        conditions.append(entry.id.in_(about))
    return conditions


_RENAME_MENTIONS = (
    update(audit_mention_table).where(audit_mention_table.c.person == bindparam("old")).values(person=bindparam("new"))
)
_RENAME_ACTOR = (
    update(audit_entry_table)
    .where(audit_entry_table.c.actor == bindparam("old"))
    .values(actor=bindparam("new"), actor_name=None)
)


def replace_customer(tx: Connection, customer_id: int, person_hash: str) -> None:
    """Name a customer who is forgotten by a keyed hash wherever an entry is about them."""
    tx.execute(_RENAME_MENTIONS, {"old": str(customer_id), "new": person_hash})


def replace_account(tx: Connection, account: str, account_hash: str) -> None:
    """Name an account by a keyed hash wherever it acted or became a manager; the name beside it is deleted."""
    tx.execute(_RENAME_ACTOR, {"old": account, "new": account_hash})
    tx.execute(_RENAME_MENTIONS, {"old": account, "new": account_hash})


def delete_old(tx: Connection, before: datetime | None, most: int = MOST_ENTRIES) -> None:
    """Delete entries from before a time, and the oldest of more than ``most``. None: no entry is too old."""
    if before is not None:
        tx.execute(delete(audit_entry_table).where(audit_entry_table.c.at < before))
    newest = tx.scalar(select(func.max(audit_entry_table.c.id)))
    if newest is not None:
        # By numbers, which need no counting; numbers that were lost to rolled-back writes make it a few less.
        tx.execute(delete(audit_entry_table).where(audit_entry_table.c.id <= newest - most))


_entry_from_row = row_reader(AuditEntry, audit_entry_table, persons=lambda _row: ())
