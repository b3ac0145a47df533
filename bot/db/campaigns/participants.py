"""People who may be asked without a visit, read in pages by id: each page is one indexed query."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from bot.db.asking.tables import invitation_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from bot.db.people.tables import customer_table


class VisitSpan(NamedTuple):
    """First and last visit of a person to a journey (aware)."""

    first: datetime
    last: datetime


def list_reachable_ids(tx: Connection, after: int, limit: int) -> list[int]:
    """Return the next people by id who have a chat, agreed to be asked, and did not stop it since."""
    c = customer_table.c
    may_be_asked = (c.consent_at.is_not(None), c.stopped_at.is_(None), c.unreachable_at.is_(None))
    wanted = select(c.id).where(c.id > after, c.address.is_not(None), *may_be_asked)
    return list(tx.scalars(wanted.order_by(c.id).limit(limit)))


def list_visit_spans(tx: Connection, journey: str, customer_ids: Sequence[int]) -> dict[int, VisitSpan]:
    """Return when these people visited the journey, by id; those who never did are left out."""
    v = visit_table.c
    spans = select(v.customer_id, func.min(v.at).label("first"), func.max(v.at).label("last"))
    # As an expression the journey has no index of its own: the people's is the one to take.
    spans = spans.where(v.journey + "" == journey, v.withdrawn.is_(False)).group_by(v.customer_id)
    return {
        row.customer_id: VisitSpan(row.first, row.last)
        for chunk in split_into_chunks(customer_ids)
        for row in tx.execute(spans.where(v.customer_id.in_(chunk)))
    }


def list_visitors(tx: Connection, journey: str, since: datetime, after: int, last: int, limit: int) -> list[int]:
    """Return the next people by id, up to the id ``last``, who visited the journey since then."""
    v, c = visit_table.c, customer_table.c
    was_there = select(v.id).where(v.customer_id == c.id, v.journey == journey, v.at >= since, v.withdrawn.is_(False))
    wanted = select(c.id).where(c.id > after, c.id <= last, was_there.exists())
    return list(tx.scalars(wanted.order_by(c.id).limit(limit)))


def find_last_id(tx: Connection) -> int:
    """Return the highest id of a customer, 0 without any."""
    return tx.scalar(select(func.max(customer_table.c.id))) or 0


def list_occasions(tx: Connection, occasions: Collection[str]) -> dict[str, int]:
    """Return the invitations of those of these occasions that have one, by occasion."""
    i = invitation_table.c
    return {
        row.occasion: row.id
        for chunk in split_into_chunks(sorted(occasions))
        for row in tx.execute(select(i.occasion, i.id).where(i.occasion.in_(chunk)))
    }
