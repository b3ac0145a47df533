"""Responses: the conversation about one invitation, as it stands and as it was last shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from bot.db.asking.tables import invitation_table, response_table
from bot.db.engine.upsert import Prepared
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Response:
    """One conversation. ``shown`` is the step its message shows, None while a change is not shown yet.

    Without ``message_id`` nobody knows whether the invitation arrived; the first tap tells.
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
_SAVE = update(response_table).where(response_table.c.id == bindparam("which"))


def response_from_row(columns: Sequence[Any]) -> Response:
    """The response in a row of the whole table."""
    number, invitation_id, customer_id, step, shown, skipped, contact, messenger, address, *rest = columns
    chat = Address(messenger, address) if messenger and address else None
    wanted = None if contact is None else contact == "yes"
    return Response(number, invitation_id, customer_id, step, shown, frozenset(skipped), wanted, chat, *rest)


def begin(tx: Connection, invitation_id: int, customer_id: int, step: str, now: datetime) -> Response:
    """The conversation about this invitation; a second beginning is the first."""
    values = {
        "invitation_id": invitation_id,
        "customer_id": customer_id,
        "step": step,
        "skipped": [],
        "touched_at": now,
    }
    made = tx.execute(_BEGIN(tx), values).first() or tx.execute(_select_by_invitation(invitation_id)).one()
    return response_from_row(made)


def _select_by_invitation(invitation_id: int) -> Select[Any]:
    return select(response_table).where(response_table.c.invitation_id == invitation_id)


def find_by_invitation(tx: Connection, invitation_id: int) -> Response | None:
    found = tx.execute(_select_by_invitation(invitation_id)).first()
    return response_from_row(found) if found else None


def find_by_id(tx: Connection, response_id: int) -> Response | None:
    found = tx.execute(select(response_table).where(response_table.c.id == response_id)).first()
    return response_from_row(found) if found else None


def save(tx: Connection, response: Response) -> None:
    """Keep a conversation's next state."""
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
    tx.execute(_SAVE, {"which": response.id} | values)


def mark_shown(tx: Connection, response_id: int, step: str, message_id: str, touched_at: datetime) -> bool:
    """The message shows this step, as it stood at ``touched_at``; False when the conversation went on meanwhile."""
    same = (
        (response_table.c.id == response_id)
        & (response_table.c.step == step)
        & (response_table.c.message_id == message_id)
    )
    same &= response_table.c.touched_at == touched_at
    return (
        tx.execute(update(response_table).where(same).values(shown=step).returning(response_table.c.id)).first()
        is not None
    )


def list_not_shown(tx: Connection, before: datetime, limit: int = 100) -> list[Response]:
    """Conversations whose message still shows something else, although they were last touched before this moment."""
    behind = (
        response_table.c.shown.is_(None)
        & response_table.c.message_id.is_not(None)
        & (response_table.c.touched_at <= before)
    )
    wanted = select(response_table).where(behind)
    return [response_from_row(r) for r in tx.execute(wanted.order_by(response_table.c.touched_at).limit(limit))]


# ---- whom to remind, what to close -----------------------------------------------------------------------------------


def list_ids_to_remind(tx: Connection, sent_before: datetime, now: datetime, limit: int = 200) -> list[int]:
    """Invitations nobody has answered or been reminded of, the oldest first."""
    unanswered = (invitation_table.c.state == "open") & invitation_table.c.reminded_at.is_(None)
    timely = (invitation_table.c.sent_at <= sent_before) & (invitation_table.c.expires_at > now)
    wanted = select(invitation_table.c.id).where(unanswered, timely).order_by(invitation_table.c.sent_at).limit(limit)
    return list(tx.scalars(wanted))


def list_ids_to_expire(tx: Connection, now: datetime, limit: int = 200) -> list[int]:
    """Invitations whose time is over."""
    going = invitation_table.c.state.in_(("open", "answering")) & (invitation_table.c.expires_at <= now)
    return list(
        tx.scalars(select(invitation_table.c.id).where(going).order_by(invitation_table.c.expires_at).limit(limit))
    )


def mark_reminded(tx: Connection, invitation_ids: Sequence[int], now: datetime) -> None:
    """These are reminded now, and never again."""
    tx.execute(update(invitation_table).where(invitation_table.c.id.in_(invitation_ids)).values(reminded_at=now))
