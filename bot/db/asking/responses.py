"""Responses: the conversation about one invitation, as it stands and as it was last shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from bot.db.engine.rows import invitation
from bot.db.engine.rows import response as row
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


_BEGIN = Prepared(row, lambda new: new.on_conflict_do_nothing(index_elements=["invitation_id"]).returning(row))
_SAVE = update(row).where(row.c.id == bindparam("which"))


def read(columns: Sequence[Any]) -> Response:
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
    made = tx.execute(_BEGIN(tx), values).first() or tx.execute(_of_invitation(invitation_id)).one()
    return read(made)


def _of_invitation(invitation_id: int) -> Select[Any]:
    return select(row).where(row.c.invitation_id == invitation_id)


def by_invitation(tx: Connection, invitation_id: int) -> Response | None:
    found = tx.execute(_of_invitation(invitation_id)).first()
    return read(found) if found else None


def by_id(tx: Connection, response_id: int) -> Response | None:
    found = tx.execute(select(row).where(row.c.id == response_id)).first()
    return read(found) if found else None


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
    same = (row.c.id == response_id) & (row.c.step == step) & (row.c.message_id == message_id)
    same &= row.c.touched_at == touched_at
    return tx.execute(update(row).where(same).values(shown=step).returning(row.c.id)).first() is not None


def not_shown(tx: Connection, before: datetime, limit: int = 100) -> list[Response]:
    """Conversations whose message still shows something else, although they were last touched before this moment."""
    behind = row.c.shown.is_(None) & row.c.message_id.is_not(None) & (row.c.touched_at <= before)
    wanted = select(row).where(behind)
    return [read(r) for r in tx.execute(wanted.order_by(row.c.touched_at).limit(limit))]


# ---- whom to remind, what to close -----------------------------------------------------------------------------------


def to_remind(tx: Connection, sent_before: datetime, now: datetime, limit: int = 200) -> list[int]:
    """Invitations nobody has answered or been reminded of, the oldest first."""
    unanswered = (invitation.c.state == "open") & invitation.c.reminded_at.is_(None)
    timely = (invitation.c.sent_at <= sent_before) & (invitation.c.expires_at > now)
    wanted = select(invitation.c.id).where(unanswered, timely).order_by(invitation.c.sent_at).limit(limit)
    return list(tx.scalars(wanted))


def to_expire(tx: Connection, now: datetime, limit: int = 200) -> list[int]:
    """Invitations whose time is over."""
    going = invitation.c.state.in_(("open", "answering")) & (invitation.c.expires_at <= now)
    return list(tx.scalars(select(invitation.c.id).where(going).order_by(invitation.c.expires_at).limit(limit)))


def mark_reminded(tx: Connection, invitation_ids: Sequence[int], now: datetime) -> None:
    """These are reminded now, and never again."""
    tx.execute(update(invitation).where(invitation.c.id.in_(invitation_ids)).values(reminded_at=now))
