"""Erase a person who is forgotten from the audit log, and from the versions of journeys that they applied: a keyed hash
stands where they were named.
"""

from datetime import datetime

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.db.people.person_hash import hash_address, hash_external_id

NAMELESS = "forgotten"
"""Name of a person who had neither an id of the business nor an account: no hash could find them."""


def forget_in_audit(tx: Connection, customer_id: int, actor: AuditActor, now: datetime) -> None:
    """Replace a customer, and their account where it acted, and record who had them forgotten.

    To be called before their row is deleted: the hash is made of it.
    """
    person = customers.find_by_id(tx, customer_id)
    if person is None:
        return
    name = hash_person(tx, person)
    audit_entries.replace_customer(tx, customer_id, name)
    if person.address is not None:
        account, hashed = str(person.address), hash_address(tx, person.address)
        audit_entries.replace_account(tx, account, hashed)
        journeys.replace_account(tx, account, hashed)
    audit_entries.record_entry(tx, now, actor, AuditAction.FORGET_PERSON, persons=(name,))


def hash_person(tx: Connection, person: Customer) -> str:
    """Return the hash by which the audit log knows a person who was forgotten."""
    if person.external_id is not None:
        return hash_external_id(tx, person.external_id)
    return hash_address(tx, person.address) if person.address is not None else NAMELESS
