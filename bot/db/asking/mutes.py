"""Mutes: subjects that people do not want to be asked about. A subject is a key of a place; "" is everything."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.db.asking.tables import mute_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.upsert import insert

_BY_CUSTOMERS = select(mute_table).where(mute_table.c.customer_id.in_(bindparam("customer_ids", expanding=True)))


def mute(tx: Connection, customer_id: int, subject: str, until: datetime | None = None) -> None:
    """Do not ask this person about ``subject`` before ``until``; never again without it."""
    key = {"customer_id": customer_id, "subject": subject}
    statement = insert(tx, mute_table).values(**key, until=until)
    tx.execute(statement.on_conflict_do_update(index_elements=list(key), set_={"until": until}))


def unmute(tx: Connection, customer_id: int, subject: str | None = None) -> int:
    """Ask this person about ``subject`` again, or about everything; return how many mutes that ends."""
    is_meant = mute_table.c.customer_id == customer_id
    if subject is not None:
        is_meant &= mute_table.c.subject == subject
    return len(tx.execute(delete(mute_table).where(is_meant).returning(mute_table.c.subject)).all())


def list_by_customer(tx: Connection, customer_id: int, now: datetime) -> list[str]:
    """Return the subjects that are muted now."""
    holds = mute_table.c.until.is_(None) | (mute_table.c.until > now)
    theirs = select(mute_table.c.subject).where(mute_table.c.customer_id == customer_id, holds)
    return list(tx.scalars(theirs.order_by(mute_table.c.subject)))


def list_by_customers(tx: Connection, customer_ids: Iterable[int]) -> dict[int, dict[str, datetime | None]]:
    """Return for each of these people: muted subject -> end of the mute, None for good. Ended ones are included."""
    people = sorted(set(customer_ids))
    mutes: dict[int, dict[str, datetime | None]] = {person: {} for person in people}
    for chunk in split_into_chunks(people):
        for row in tx.execute(_BY_CUSTOMERS, {"customer_ids": chunk}):
            mutes[row.customer_id][row.subject] = row.until
    return mutes
