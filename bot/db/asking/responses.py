"""Responses: the conversation about one invitation, as it stands and as its message last showed it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from bot.db.asking.tables import response_table
from bot.db.engine.rows import address_reader, changes_row, row_reader
from bot.db.engine.upsert import Prepared
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Response:
    """One conversation. ``shown`` is the step that its message shows, None while a change is not shown yet.

    Without ``message_id`` the invitation may not have arrived; the first tap tells. ``contact`` is the answer to "may
    we contact you?", None before it.
    """

    id: int
    invitation_id: int
    customer_id: int
    step: str
    shown: str | None
    skipped: frozenset[str]
    contact: bool | None
    address: Address | None
    message_id: str | None
    started_at: datetime | None
    finished_at: datetime | None
    touched_at: datetime


_BEGIN = Prepared(
    response_table, lambda new: new.on_conflict_do_nothing(index_elements=["invitation_id"]).returning(response_table)
)
_SAVE = update(response_table).where(response_table.c.id == bindparam("response_id"))


def _contact_from_row(row: Row[Any]) -> bool | None:
    contact = row._mapping[response_table.c.contact]
    return None if contact is None else contact == "yes"


response_from_row = row_reader(
    Response,
    response_table,
    skipped=lambda row: frozenset(row._mapping[response_table.c.skipped]),
    contact=_contact_from_row,
    address=address_reader(response_table),
)


def begin(tx: Connection, invitation_id: int, customer_id: int, step: str, now: datetime) -> Response:
    """Return the conversation about this invitation, begun at its first call: a second call changes nothing."""
    values = {
        "invitation_id": invitation_id,
        "customer_id": customer_id,
        "step": step,
        "skipped": [],
        "touched_at": now,
    }
    row = tx.execute(_BEGIN(tx), values).first() or tx.execute(_select_by_invitation(invitation_id)).one()
    return response_from_row(row)


def _select_by_invitation(invitation_id: int) -> Select[Any]:
    return select(response_table).where(response_table.c.invitation_id == invitation_id)


def find_by_invitation(tx: Connection, invitation_id: int) -> Response | None:
    row = tx.execute(_select_by_invitation(invitation_id)).first()
    return response_from_row(row) if row else None


def find_by_id(tx: Connection, response_id: int) -> Response | None:
    row = tx.execute(select(response_table).where(response_table.c.id == response_id)).first()
    return response_from_row(row) if row else None


def save(tx: Connection, response: Response) -> None:
    """Store the next state of a conversation."""
    values = {
        "step": response.step,
        "shown": response.shown,
        "skipped": sorted(response.skipped),
        "contact": None if response.contact is None else "yes" if response.contact else "no",
        "messenger": response.address.messenger if response.address else None,
        "address": response.address.id if response.address else None,
        "message_id": response.message_id,
        "started_at": response.started_at,
        "finished_at": response.finished_at,
        "touched_at": response.touched_at,
    }
    tx.execute(_SAVE, {"response_id": response.id} | values)


def mark_shown(tx: Connection, response_id: int, step: str, message_id: str, touched_at: datetime) -> bool:
    """Record that the message shows this step, as it stood at ``touched_at``.

    Return False when the conversation went on meanwhile: then the message shows something old, and is edited again.
    """
    same = (
        (response_table.c.id == response_id)
        & (response_table.c.step == step)
        & (response_table.c.message_id == message_id)
        & (response_table.c.touched_at == touched_at)
    )
    return changes_row(tx, update(response_table).where(same).values(shown=step).returning(response_table.c.id))


def list_not_shown(tx: Connection, before: datetime, limit: int = 100) -> list[Response]:
    """Return conversations last touched before this time whose message may show something old, oldest first."""
    behind = (
        response_table.c.shown.is_(None)
        & response_table.c.message_id.is_not(None)
        & (response_table.c.touched_at <= before)
    )
    not_shown = select(response_table).where(behind)
    return [response_from_row(row) for row in tx.execute(not_shown.order_by(response_table.c.touched_at).limit(limit))]
