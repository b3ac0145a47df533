"""People: those the business names, and strangers who wrote to us."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy import update as sql_update

from bot.db.cases.tables import case_table
from bot.db.engine.database import Connection
from bot.db.people.tables import customer_table
from cjm.address import Address

CHUNK = 400  # ids in one query; SQLite and PostgreSQL both limit how many parameters they take


@dataclass(frozen=True, slots=True)
class Customer:
    """One person. A stranger has no ``external_id``; ``quiet_hours`` None means the house's, "" none."""

    id: int
    external_id: str | None
    address: Address | None
    language: str | None
    timezone: str | None
    quiet_hours: str | None
    attributes: Mapping[str, Any]
    consent_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None


def customer_from_row(columns: Sequence[Any]) -> Customer:
    """The person in a row of the whole table."""
    number, external_id, messenger, address, language, timezone, quiet_hours, attributes, *moments, _created = columns
    chat = Address(messenger, address) if messenger and address else None
    return Customer(number, external_id, chat, language, timezone, quiet_hours, attributes or {}, *moments)


_BY_IDS = select(customer_table).where(customer_table.c.id.in_(bindparam("ids", expanding=True)))
_BY_EXTERNALS = select(customer_table).where(customer_table.c.external_id.in_(bindparam("names", expanding=True)))
_UPDATE = sql_update(customer_table).where(customer_table.c.id == bindparam("which"))


def find_by_id(tx: Connection, customer_id: int) -> Customer | None:
    found = tx.execute(select(customer_table).where(customer_table.c.id == customer_id)).first()
    return customer_from_row(found) if found else None


def list_by_ids(tx: Connection, customer_ids: Sequence[int]) -> dict[int, Customer]:
    found: dict[int, Customer] = {}
    for start in range(0, len(customer_ids), CHUNK):
        chunk = customer_ids[start : start + CHUNK]
        found |= {r.id: customer_from_row(r) for r in tx.execute(_BY_IDS, {"ids": chunk})}
    return found


def find_by_address(tx: Connection, address: Address) -> Customer | None:
    found = tx.execute(
        select(customer_table).where(
            customer_table.c.messenger == address.messenger, customer_table.c.address == address.id
        )
    ).first()
    return customer_from_row(found) if found else None


def find_by_external_id(tx: Connection, external_id: str) -> Customer | None:
    found = tx.execute(select(customer_table).where(customer_table.c.external_id == external_id)).first()
    return customer_from_row(found) if found else None


def list_by_external_ids(tx: Connection, external_ids: Iterable[str]) -> dict[str, Customer]:
    wanted, found = sorted(set(external_ids)), {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        for r in tx.execute(_BY_EXTERNALS, {"names": chunk}):
            found[r.external_id] = customer_from_row(r)
    return found


def ensure_external_ids(
    tx: Connection,
    external_ids: Iterable[str],
    now: datetime,
    attributes: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Customer]:
    """The people the business calls so; who is not known yet is made known, with the attributes that are ``told``."""
    wanted = set(external_ids)
    known = list_by_external_ids(tx, wanted)
    new = sorted(wanted - known.keys())
    if new:
        rows = [{"external_id": e, "attributes": dict((attributes or {}).get(e, {})), "created_at": now} for e in new]
        tx.execute(insert(customer_table), rows)
        known |= list_by_external_ids(tx, new)
    return known


def ensure_address(tx: Connection, address: Address, language: str | None, now: datetime) -> Customer:
    """Whoever writes from ``address``; somebody never seen becomes a stranger with a row of his own."""
    known = find_by_address(tx, address)
    if known is not None:
        return known
    made = tx.execute(
        insert(customer_table)
        .values(messenger=address.messenger, address=address.id, language=language, attributes={}, created_at=now)
        .returning(customer_table)
    ).one()
    return customer_from_row(made)


def update_customer(tx: Connection, customer_id: int, **columns: Any) -> None:
    """Change columns of one person by their names in `rows.customer`."""
    update_customers(tx, {customer_id: columns})


def update_customers(tx: Connection, columns: Mapping[int, Mapping[str, Any]]) -> None:
    """The same of many people; the columns are the same for all of them."""
    if columns:
        tx.execute(_UPDATE, [{"which": number, **changed} for number, changed in columns.items()])


def merge_stranger(tx: Connection, address: Address, into_id: int, now: datetime) -> None:
    """A stranger turns out to be ``into_id``: his cases move there, his row goes, the address is the customer's."""
    stranger = find_by_address(tx, address)
    if stranger is not None and stranger.id != into_id:
        tx.execute(sql_update(case_table).where(case_table.c.customer_id == stranger.id).values(customer_id=into_id))
        tx.execute(delete(customer_table).where(customer_table.c.id == stranger.id))
    update_customer(tx, into_id, messenger=address.messenger, address=address.id, unreachable_at=None)


def delete_customer(tx: Connection, customer_id: int) -> None:
    """Take the row away, and with it everything that hangs on it; counters are the caller's care."""
    tx.execute(delete(customer_table).where(customer_table.c.id == customer_id))
