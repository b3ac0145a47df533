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
from bot.db.people.walk_in_names import is_walk_in_name

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
    """Return the hash by which the audit log knows a person who was forgotten.

    Of a walk-in it is that of their account: they get another id each time, and would be another person each time.
    """
    is_by_account = person.external_id is None or is_walk_in_name(person.external_id)
    if person.address is not None and is_by_account:
        return hash_address(tx, person.address)
    return hash_external_id(tx, person.external_id) if person.external_id is not None else NAMELESS
