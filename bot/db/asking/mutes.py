"""Mutes: touchpoints and stages that people do not want to be asked about, until they take that back."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, select

from bot.db.asking.tables import mute_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.upsert import insert

_BY_CUSTOMERS = select(mute_table).where(mute_table.c.customer_id.in_(bindparam("customer_ids", expanding=True)))


def mute(tx: Connection, customer_id: int, subject: str) -> None:
    """Do not ask this person about ``subject``, the key of a touchpoint or stage, any more."""
    statement = insert(tx, mute_table).values(customer_id=customer_id, subject=subject)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["customer_id", "subject"]))


def unmute(tx: Connection, customer_id: int, subject: str | None = None) -> int:
    """End this person's mute of ``subject``; without ``subject``, all of their mutes. Return how many ended."""
    is_meant = mute_table.c.customer_id == customer_id
    if subject is not None:
        is_meant &= mute_table.c.subject == subject
    return len(tx.execute(delete(mute_table).where(is_meant).returning(mute_table.c.subject)).all())


def list_by_customer(tx: Connection, customer_id: int) -> list[str]:
    """Return the subjects that this person muted, sorted."""
    theirs = select(mute_table.c.subject).where(mute_table.c.customer_id == customer_id)
    return list(tx.scalars(theirs.order_by(mute_table.c.subject)))


def list_by_customers(tx: Connection, customer_ids: Iterable[int]) -> dict[int, set[str]]:
    """Return for each of these people the subjects that they muted."""
    people = sorted(set(customer_ids))
    mutes: dict[int, set[str]] = {person: set() for person in people}
    for chunk in split_into_chunks(people):
        for row in tx.execute(_BY_CUSTOMERS, {"customer_ids": chunk}):
            mutes[row.customer_id].add(row.subject)
    return mutes
