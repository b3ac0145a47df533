"""Personal links: random, forgotten at once (only a keyed hash is kept), for the first account that opens them.

A token is ``c-…`` for a customer, ``m-…`` for a manager and ``f-…`` for the first one, so that each goes to who knows
it: 192 random bits, 34 characters of ``A-Za-z0-9_-``. The key of the hash is ``[http] link_secret``; where none is set,
one is made and kept in the database. A token cannot be guessed or computed from its row either way; the setting only
keeps the links of a stolen database useless even to somebody who can write rows.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
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
    CUSTOMER = "customer"
    MANAGER = "manager"
    FIRST = "first"  # whoever opens it is the first manager; opens nothing once there is one


class LinkRefusal(StrEnum):
    """Why a link opens nothing. Strangers are told none of these apart."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    TAKEN = "taken"  # another account opened it before


@dataclass(frozen=True, slots=True)
class RedeemedLink:
    """A link that opens something for this account; ``first`` unless it has opened it before."""

    kind: LinkKind
    customer_id: int | None
    journeys: tuple[str, ...] | None  # a manager's; None: all
    is_first_use: bool


def issue(
    tx: Connection,
    kind: str,
    *,
    customer_id: int | None = None,
    journeys: Sequence[str] | None = None,
    now: datetime,
    secret: str = "",
    lifetime: timedelta = LIFETIME,
) -> str:
    """A new token. A customer's older links stop working."""
    token = f"{kind[0]}-{secrets.token_urlsafe(_BYTES)}"
    if customer_id is not None:
        delete_by_customer(tx, customer_id)
    values = {
        "token_hash": _hash_token(tx, token, secret, now),
        "kind": kind,
        "customer_id": customer_id,
        "journeys": None if journeys is None else list(journeys),
        "created_at": now,
        "expires_at": now + lifetime,
    }
    tx.execute(insert(tx, link_table).values(values))
    return token


def link_kind(payload: str) -> LinkKind | None:
    """What kind of link this looks like; whether it is one is for :func:`redeem` to tell."""
    return next((kind for kind in LinkKind if payload.startswith(f"{kind[0]}-")), None)


def redeem(
    tx: Connection, token: str, *, kind: str, by: Address, now: datetime, secret: str = ""
) -> RedeemedLink | LinkRefusal:
    """Open a link for an account: the first one it is opened by has it, and may open it again at any time."""
    wanted = select(link_table).where(
        link_table.c.token_hash == _hash_token(tx, token, secret, now), link_table.c.kind == kind
    )
    found = tx.execute(wanted.with_for_update()).first()
    if found is None:
        return LinkRefusal.UNKNOWN
    if found.used_at is not None:
        return _redeemed_link(found, first=False) if found.used_by == str(by) else LinkRefusal.TAKEN
    if now >= found.expires_at:
        return LinkRefusal.EXPIRED
    tx.execute(update(link_table).where(link_table.c.id == found.id).values(used_at=now, used_by=str(by)))
    return _redeemed_link(found, first=True)


def give_back(tx: Connection, token: str, *, kind: str, now: datetime, secret: str = "") -> None:
    """Let a link that could not be used after all be opened again."""
    which = link_table.c.token_hash == _hash_token(tx, token, secret, now)
    tx.execute(update(link_table).where(which, link_table.c.kind == kind).values(used_at=None, used_by=None))


def delete_by_customer(tx: Connection, customer_id: int) -> None:
    """No link of this person works any more, for nobody."""
    tx.execute(delete(link_table).where(link_table.c.customer_id == customer_id))


def _redeemed_link(found: Row[Any], *, first: bool) -> RedeemedLink:
    journeys = None if found.journeys is None else tuple(found.journeys)
    return RedeemedLink(LinkKind(found.kind), found.customer_id, journeys, first)


def _hash_token(tx: Connection, token: str, secret: str, now: datetime) -> str:
    key = secret or _ensure_secret(tx, now)
    return hmac.new(key.encode(), token.encode(), hashlib.sha256).hexdigest()


def _ensure_secret(tx: Connection, now: datetime) -> str:
    """The database's own secret, made when it is first needed; two processes agree on one."""
    fresh = {"name": "link", "value": secrets.token_urlsafe(32), "at": now}
    tx.execute(insert(tx, secret_table).values(fresh).on_conflict_do_nothing(index_elements=["name"]))
    return str(tx.scalar(select(secret_table.c.value).where(secret_table.c.name == "link")))
