"""List entries of the audit log for people: who acted, what they did, and whom it was about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.audit.audit_entries import AuditEntry, AuditFilter
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.db.people.person_hash import hash_address, hash_external_id
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """Choice of entries. ``customer`` is the business's id of a person, or an account, also of somebody forgotten."""

    since: datetime | None = None
    actor: str | None = None
    journey: str | None = None
    action: AuditAction | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first. ``names`` tells people from the words of `AuditEntry.persons`; others have no name.

    ``has_more`` is True when older entries fit, too; ``is_log_empty`` when there is none at all.
    """

    entries: Sequence[AuditEntry]
    names: dict[str, str]
    has_more: bool
    is_log_empty: bool


class ListAudit:
    """``await list_audit(AuditRequest(customer="77"), limit=200) -> AuditPage``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, request: AuditRequest, limit: int) -> AuditPage:
        return await self._db.read(lambda tx: _read_page(tx, request, limit))


def _read_page(tx: Connection, request: AuditRequest, limit: int) -> AuditPage:
    wanted = AuditFilter(
        since=request.since,
        actors=None if request.actor is None else [request.actor, *_hash_account(tx, request.actor)],
        journey=request.journey,
        action=request.action,
        persons=None if request.customer is None else _list_persons(tx, request.customer),
    )
    found = audit_entries.list_entries(tx, wanted, limit + 1)
    entries = found[:limit]
    return AuditPage(entries, _name_persons(tx, entries), len(found) > limit, not audit_entries.has_any(tx))


def _list_persons(tx: Connection, customer: str) -> list[str]:
    """Return each way in which the log may name a person: by a row, an account, or the hash of what is gone."""
    account = _parse_account(customer)
    known = [customers.find_by_external_id(tx, customer)]
    named = [hash_external_id(tx, customer), *_hash_account(tx, customer)]
    if account is not None:
        known.append(customers.find_by_address(tx, account))
        named.append(str(account))
    return named + [str(person.id) for person in known if person is not None]


def _hash_account(tx: Connection, text: str) -> list[str]:
    account = _parse_account(text)
    return [] if account is None else [hash_address(tx, account)]


def _parse_account(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except ValueError:
        return None


def _name_persons(tx: Connection, entries: Sequence[AuditEntry]) -> dict[str, str]:
    ids = sorted({int(person) for entry in entries for person in entry.persons if person.isdecimal()})
    return {str(one): _name_customer(person) for one, person in customers.list_by_ids(tx, ids).items()}


def _name_customer(person: Customer) -> str:
    if person.external_id is not None:
        return person.external_id
    return str(person.address) if person.address is not None else f"stranger {person.id}"
