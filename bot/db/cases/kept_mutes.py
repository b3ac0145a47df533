"""Mutes of people who had themselves forgotten while they were muted, or many times, by a keyed hash of their account.

Invariants:

* A kept mute names nobody. It becomes a mute again when the account writes, and ends when the mute would have ended.
* Who is not muted, and has themself forgotten once or twice, leaves nothing here.
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, select

from bot.db.cases.tables import case_table, kept_mute_table, writer_mute_table
from bot.db.engine import upsert
from bot.db.engine.database import Connection
from bot.db.people import customers, person_hash
from bot.db.people.customers import Customer
from cjm.address import Address

_COLUMNS = ("journey", "at", "until", "muted_by", "muted_name")
TROPA = "Tropa"  # stands where a member of the team does who mutes somebody
_ANY = select(exists().select_from(kept_mute_table))
_ANY_OVER = select(exists().where(kept_mute_table.c.until <= bindparam("now")))


def keep_mutes(tx: Connection, customer_id: int, address: Address, now: datetime) -> None:
    """Keep the mutes of a person who is about to be forgotten."""
    table = writer_mute_table
    running = (table.c.customer_id == customer_id) & table.c.ended_at.is_(None) & (table.c.until > now)
    # The latest of a journey is the one that holds.
    mutes = {row.journey: row for row in tx.execute(select(table).where(running).order_by(table.c.id))}
    if not mutes:
        return
    account = {"account": person_hash.hash_address(tx, address)}
    rows = [account | {name: row._mapping[name] for name in _COLUMNS} for row in mutes.values()]
    statement = upsert.insert(tx, kept_mute_table)
    changed = {name: statement.excluded[name] for name in _COLUMNS}
    tx.execute(statement.on_conflict_do_update(index_elements=["account", "journey"], set_=changed), rows)


def keep_new_mutes(tx: Connection, customer_id: int, address: Address, now: datetime, until: datetime) -> None:
    """Keep a mute of a person who is about to be forgotten in each journey of their cases that keeps none."""
    written = select(case_table.c.journey).where(case_table.c.customer_id == customer_id).distinct()
    common = {"account": person_hash.hash_address(tx, address), "at": now, "until": until}
    common |= {"muted_by": TROPA, "muted_name": TROPA}
    rows = [common | {"journey": journey or ""} for journey in tx.scalars(written)]
    if rows:
        statement = upsert.insert(tx, kept_mute_table)
        tx.execute(statement.on_conflict_do_nothing(index_elements=["account", "journey"]), rows)


def ensure_writer(tx: Connection, address: Address, language: str | None, now: datetime) -> Customer:
    """Return the person who writes from ``address``, as `customers.ensure_address`, with the mutes that were kept."""
    person = customers.ensure_address(tx, address, language, now)
    if tx.scalar(_ANY):  # nearly always False, and every message that opens or joins a case asks it
        restore_mutes(tx, person.id, address)
    return person


def restore_mutes(tx: Connection, customer_id: int, address: Address) -> None:
    """Make the mutes that were kept of an account those of the person whose account it is now."""
    mine = kept_mute_table.c.account == person_hash.hash_address(tx, address)
    kept = tx.execute(delete(kept_mute_table).where(mine).returning(kept_mute_table)).all()
    rows = [{"customer_id": customer_id} | {name: row._mapping[name] for name in _COLUMNS} for row in kept]
    if rows:
        tx.execute(insert(writer_mute_table), rows)


def is_any_over(tx: Connection, now: datetime) -> bool:
    """Return whether a kept mute's time is over."""
    return bool(tx.scalar(_ANY_OVER, {"now": now}))


def delete_over(tx: Connection, now: datetime) -> None:
    """Delete kept mutes whose time is over."""
    tx.execute(delete(kept_mute_table).where(kept_mute_table.c.until <= now))
