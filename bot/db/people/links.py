"""Personal links: random, for the first account that opens them; only a keyed hash of each is kept.

A token is ``c-…`` for a customer, ``m-…`` for a manager and ``f-…`` for the first one, so that the right use case opens
it: 192 random bits, 34 characters of ``A-Za-z0-9_-``. The key of the hash is ``[http] link_secret``; where none is set,
one is generated and kept in the database. In both cases a token can neither be guessed nor computed from its row. With
the setting, somebody who can write rows of the database still cannot make a link that opens anything.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from bot.db.engine.upsert import insert
from bot.db.people.tables import link_table, secret_table
from cjm.address import Address

LIFETIME = timedelta(days=30)
_BYTES = 24


class LinkKind(StrEnum):
    """Role that a link gives to the account that opens it."""

    CUSTOMER = "customer"
    MANAGER = "manager"
    FIRST = "first"  # makes the first manager; opens nothing once there is a manager


class LinkRefusal(StrEnum):
    """Reason why a link opens nothing. The person is never told which: it would say whether a token exists."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    TAKEN = "taken"  # another account opened it before


@dataclass(frozen=True, slots=True)
class RedeemedLink:
    """Link that opens something for this account; ``is_first_use`` unless the account has opened it before.

    ``source`` is where the link stood, which it tells about its customer; None if it tells nothing.
    """

    kind: LinkKind
    customer_id: int | None
    journeys: tuple[str, ...] | None  # that a manager may see; None: all
    is_first_use: bool
    source: str | None = None


def issue(
    tx: Connection,
    kind: LinkKind,
    *,
    customer_id: int | None = None,
    journeys: Sequence[str] | None = None,
    source: str | None = None,
    now: datetime,
    secret: str = "",
    lifetime: timedelta = LIFETIME,
) -> str:
    """Store a new link and return its token, which is kept nowhere.

    Older links of the customer stop working; so do older ones that nobody opened and that make the first manager.
    """
    token = f"{kind[0]}-{secrets.token_urlsafe(_BYTES)}"
    if customer_id is not None:
        delete_by_customer(tx, customer_id)  # an older link may have been forwarded to other people
    if kind is LinkKind.FIRST:  # older ones stand in logs, which more people read than should become managers
        tx.execute(delete(link_table).where(link_table.c.kind == kind, link_table.c.used_at.is_(None)))
    values = {
        "token_hash": hash_name(tx, token, secret, now),
        "kind": kind,
        "customer_id": customer_id,
        "journeys": None if journeys is None else list(journeys),
        "source": source,
        "created_at": now,
        "expires_at": now + lifetime,
    }
    tx.execute(insert(tx, link_table).values(values))
    return token


def link_kind(payload: str) -> LinkKind | None:
    """Return the kind of link that ``payload`` looks like; :func:`redeem` tells whether it is a link."""
    return next((kind for kind in LinkKind if payload.startswith(f"{kind[0]}-")), None)


def redeem(
    tx: Connection, token: str, *, kind: LinkKind, account: Address, now: datetime, secret: str = ""
) -> RedeemedLink | LinkRefusal:
    """Open a link for an account. It belongs to the first account that opens it; that one may open it again."""
    is_meant = (link_table.c.token_hash == hash_name(tx, token, secret, now)) & (link_table.c.kind == kind)
    # Of two accounts that open the link at the same time, the second waits here and finds it taken.
    row = tx.execute(select(link_table).where(is_meant).with_for_update()).first()
    if row is None:
        return LinkRefusal.UNKNOWN
    if row.used_at is not None:
        return _redeemed_link(row, is_first_use=False) if row.used_by == str(account) else LinkRefusal.TAKEN
    if now >= row.expires_at:
        return LinkRefusal.EXPIRED
    tx.execute(update(link_table).where(link_table.c.id == row.id).values(used_at=now, used_by=str(account)))
    return _redeemed_link(row, is_first_use=True)


def give_back(tx: Connection, token: str, *, kind: LinkKind, now: datetime, secret: str = "") -> None:
    """Undo :func:`redeem` for a link that could not be used after all: another account may open it."""
    is_meant = (link_table.c.token_hash == hash_name(tx, token, secret, now)) & (link_table.c.kind == kind)
    tx.execute(update(link_table).where(is_meant).values(used_at=None, used_by=None))


def delete_by_customer(tx: Connection, customer_id: int) -> None:
    """Delete all links of this person: none of them opens anything any more."""
    tx.execute(delete(link_table).where(link_table.c.customer_id == customer_id))


def _redeemed_link(row: Row[Any], *, is_first_use: bool) -> RedeemedLink:
    journeys = None if row.journeys is None else tuple(row.journeys)
    return RedeemedLink(LinkKind(row.kind), row.customer_id, journeys, is_first_use, row.source)


def hash_name(tx: Connection, name: str, secret: str, now: datetime) -> str:
    """Return a keyed hash of a name, in hexadecimal digits: the same each time, and made by nobody without the key."""
    return hash_names(tx, [name], secret, now)[name]


def hash_names(tx: Connection, names: Iterable[str], secret: str, now: datetime) -> dict[str, str]:
    """Return the `hash_name` of each of these names; the key is looked up once."""
    key = (secret or _ensure_secret(tx, now)).encode()
    return {name: hmac.new(key, name.encode(), hashlib.sha256).hexdigest() for name in names}


def _ensure_secret(tx: Connection, now: datetime) -> str:
    """Return the database's own secret, generated when it is first needed; two processes agree on one."""
    new = {"name": "link", "value": secrets.token_urlsafe(32), "at": now}
    tx.execute(insert(tx, secret_table).values(new).on_conflict_do_nothing(index_elements=["name"]))
    return str(tx.scalar(select(secret_table.c.value).where(secret_table.c.name == "link")))
