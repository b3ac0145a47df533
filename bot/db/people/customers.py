"""Customers: people whom the business names, and strangers who wrote to us by themselves."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from bot.db.engine.announcements import ERASURES, announce
from bot.db.engine.chunks import is_one_of, split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import address_reader, row_reader
from bot.db.people.tables import customer_table
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Customer:
    """One person.

    A stranger has no ``external_id``. ``address`` is None until the person opens their link. ``quiet_hours`` None means
    those of the settings, "" none; only the person chooses them. ``language`` and ``timezone`` are the person's own
    choice, or else what the business told (the language also that of their app). ``told_zone`` is the one that they
    read is assumed, when they were asked for consent. ``asks_less_often``: they wish for more time between questions.
    ``is_staff``: the business says that they work for it, so they are not asked. Times are aware.
    """

    id: int
    external_id: str | None
    address: Address | None
    language: str | None
    timezone: str | None
    quiet_hours: str | None
    consent_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None
    has_own_language: bool = False
    has_own_zone: bool = False
    asks_less_often: bool = False
    told_zone: str | None = None
    is_staff: bool = False

    @property
    def known_zone(self) -> str | None:
        """Zone that their clock is taken to follow; None where it is that of each journey."""
        return self.timezone or self.told_zone


customer_from_row = row_reader(Customer, customer_table, address=address_reader(customer_table))

_BY_IDS = PreparedStatement(select(customer_table).where(is_one_of(customer_table.c.id, "ids")))
_BY_EXTERNAL_IDS = select(customer_table).where(customer_table.c.external_id.in_(bindparam("ids", expanding=True)))
_IDS_BY_EXTERNAL_IDS = PreparedStatement(
    select(customer_table.c.id, customer_table.c.external_id).where(is_one_of(customer_table.c.external_id, "ids"))
)
# It holds up no transaction that only refers to these people.
_LOCK_EXTERNAL_IDS = PreparedStatement(
    select(customer_table.c.external_id)
    .where(is_one_of(customer_table.c.external_id, "ids"))
    .order_by(customer_table.c.external_id)
    .with_for_update(key_share=True)
)
_UPDATE = update(customer_table).where(customer_table.c.id == bindparam("customer_id"))


def find_by_id(tx: Connection, customer_id: int) -> Customer | None:
    row = tx.execute(select(customer_table).where(customer_table.c.id == customer_id)).first()
    return customer_from_row(row) if row else None


def list_by_ids(tx: Connection, customer_ids: Sequence[int]) -> dict[int, Customer]:
    """Return those of these people who exist, by id."""
    rows = _BY_IDS.list_rows(tx, {"ids": customer_ids})
    return {row.id: customer_from_row(row) for row in rows}


_ZONES = PreparedStatement(
    select(customer_table.c.id, customer_table.c.timezone, customer_table.c.told_zone).where(
        is_one_of(customer_table.c.id, "ids"),
        or_(customer_table.c.timezone.is_not(None), customer_table.c.told_zone.is_not(None)),
    )
)


def list_known_zones(tx: Connection, customer_ids: Iterable[int]) -> dict[int, str]:
    """Return the time zones of those of these people whose zone is known, by id: see `Customer.known_zone`."""
    rows = _ZONES.list_rows(tx, {"ids": sorted(set(customer_ids))})
    return {row.id: row.timezone or row.told_zone for row in rows}


def find_by_address(tx: Connection, address: Address) -> Customer | None:
    is_there = (customer_table.c.messenger == address.messenger) & (customer_table.c.address == address.id)
    row = tx.execute(select(customer_table).where(is_there)).first()
    return customer_from_row(row) if row else None


_INSERT_IDS = PreparedStatement(insert(customer_table))
_UNREACHABLE_ID = PreparedStatement(
    select(customer_table.c.id).where(
        customer_table.c.messenger == bindparam("messenger"),
        customer_table.c.address == bindparam("address"),
        customer_table.c.unreachable_at.is_not(None),
    )
)


def find_unreachable_id(tx: Connection, address: Address) -> int | None:
    """Return the id of the customer at this address if they could not be reached, else None."""
    found = _UNREACHABLE_ID.find_row(tx, {"messenger": address.messenger, "address": address.id})
    return None if found is None else int(found.id)


def find_by_external_id(tx: Connection, external_id: str) -> Customer | None:
    row = tx.execute(select(customer_table).where(customer_table.c.external_id == external_id)).first()
    return customer_from_row(row) if row else None


def list_by_external_ids(tx: Connection, external_ids: Iterable[str]) -> dict[str, Customer]:
    """Return those of these people who exist, by the business's own id."""
    wanted = sorted(set(external_ids))
    rows = (row for ids in split_into_chunks(wanted) for row in tx.execute(_BY_EXTERNAL_IDS, {"ids": ids}))
    return {row.external_id: customer_from_row(row) for row in rows}


def lock_external_ids(tx: Connection, external_ids: Iterable[str]) -> set[str]:
    """Make writers about these people wait for each other until the end of ``tx``; return those who are locked.

    On PostgreSQL these are the people who exist; SQLite has one writer anyway.
    """
    wanted = sorted(set(external_ids))
    if tx.dialect.name != "postgresql":
        return set(wanted)
    return {row.external_id for row in _LOCK_EXTERNAL_IDS.list_rows(tx, {"ids": wanted})}


_LOCK_IDS = (
    select(customer_table.c.id)
    .where(customer_table.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(customer_table.c.external_id)
    .with_for_update(key_share=True)
)


def lock_by_ids(tx: Connection, customer_ids: Iterable[int]) -> None:
    """Make writers about these people wait for each other until the end of ``tx``; SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        for ids in split_into_chunks(sorted(set(customer_ids))):
            tx.execute(_LOCK_IDS, {"ids": ids})


def ensure_external_ids(tx: Connection, external_ids: Iterable[str], now: datetime) -> dict[str, Customer]:
    """Return the people with these external ids; those who are not known yet get a row."""
    wanted = set(external_ids)
    known = list_by_external_ids(tx, wanted)
    new = sorted(wanted - known.keys())
    if new:
        _insert_external_ids(tx, new, now)
        known |= list_by_external_ids(tx, new)
    return known


def _insert_external_ids(tx: Connection, external_ids: Iterable[str], now: datetime) -> None:
    _INSERT_IDS.run_many(tx, [{"external_id": one, "created_at": now} for one in external_ids])


def ensure_locked(
    tx: Connection, external_ids: Iterable[str], now: datetime, locked: Set[str] = frozenset()
) -> dict[str, int]:
    """Return the ids of these people by external id, new ones made; other writers about them wait until ``tx`` ends.

    ``locked`` are those who were locked before, by `lock_external_ids`.
    """
    wanted = set(external_ids)
    locked = locked | lock_external_ids(tx, wanted - locked)
    while True:
        known = _list_ids(tx, wanted)
        new = sorted(wanted - known.keys())
        if new:
            _insert_external_ids(tx, new, now)
            known |= _list_ids(tx, new)
        if wanted <= locked:
            return known
        # Another writer may have made them just now, and may write about them still, or have forgotten them since.
        locked = locked | lock_external_ids(tx, wanted) | set(new)


def _list_ids(tx: Connection, external_ids: Iterable[str]) -> dict[str, int]:
    return {row.external_id: row.id for row in _IDS_BY_EXTERNAL_IDS.list_rows(tx, {"ids": sorted(external_ids)})}


def ensure_address(tx: Connection, address: Address, language: str | None, now: datetime) -> Customer:
    """Return the person who writes from ``address``; a new address becomes a stranger with a row of their own."""
    known = find_by_address(tx, address)
    if known is not None:
        return known
    new = insert(customer_table).values(
        messenger=address.messenger, address=address.id, language=language, created_at=now
    )
    return customer_from_row(tx.execute(new.returning(customer_table)).one())


def update_customer(tx: Connection, customer_id: int, **columns: Any) -> None:
    """Change columns of one person, named as in `customer_table`."""
    update_customers(tx, {customer_id: columns})


def update_customers(tx: Connection, columns: Mapping[int, Mapping[str, Any]]) -> None:
    """Change columns of many people, by id; all of them must have the same columns changed."""
    if columns:
        tx.execute(_UPDATE, [{"customer_id": number, **changed} for number, changed in columns.items()])


def delete_customer(tx: Connection, customer_id: int) -> None:
    """Delete a person and, by the foreign keys, every row that names their id.

    Settle the counters before. Rows that name their address (letters, updates, drafts and others) are deleted or
    blanked apart.
    """
    announce(tx, ERASURES)
    tx.execute(delete(customer_table).where(customer_table.c.id == customer_id))
