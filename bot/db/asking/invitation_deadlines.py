"""Deadlines of invitations: which are due, which to remind of, which are over. The ticks ask for them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, select, true, update

from bot.db.asking.invitations import (
    COUNTED_INVITATIONS,
    CountedInvitation,
    Invitation,
    counted_from_row,
    invitation_from_row,
)
from bot.db.asking.tables import invitation_table
from cjm.asking.invitation_state import ANSWERABLE_STATES, ENDED_STATES, InvitationState

BATCH = 200

# Statements of ticks are built once: building them costs more than running them, and most runs find nothing.
_NOW = bindparam("now", type_=invitation_table.c.due_at.type)
_IS_DUE = (invitation_table.c.state == InvitationState.WAITING) & (invitation_table.c.due_at <= _NOW)
_IS_SILENT = (
    (invitation_table.c.state == InvitationState.OPEN)
    & invitation_table.c.reminded_at.is_(None)
    & invitation_table.c.diary_id.is_(None)  # a volunteer was promised a number of messages: none of them is repeated
)
_IS_TO_REMIND = (
    _IS_SILENT & (invitation_table.c.sent_at <= bindparam("sent_before")) & (invitation_table.c.expires_at > _NOW)
)
_IS_OVER = invitation_table.c.state.in_(ANSWERABLE_STATES) & (invitation_table.c.expires_at <= _NOW)
_DUE = select(invitation_table).where(_IS_DUE).order_by(invitation_table.c.due_at, invitation_table.c.id)
_TO_REMIND = select(invitation_table.c.id).where(_IS_TO_REMIND).order_by(invitation_table.c.sent_at)
_TO_EXPIRE = select(invitation_table.c.id).where(_IS_OVER).order_by(invitation_table.c.expires_at)
_ANY_DUE, _ANY_TO_REMIND, _ANY_TO_EXPIRE = (select(exists().where(each)) for each in (_IS_DUE, _IS_TO_REMIND, _IS_OVER))


def is_any_due(tx: Connection, now: datetime) -> bool:
    """Return whether `list_due` would find an invitation."""
    return bool(tx.scalar(_ANY_DUE, {"now": now}))


def list_due(tx: Connection, now: datetime, limit: int = BATCH) -> list[Invitation]:
    """Return waiting invitations whose time has come, the longest waiting first."""
    return [invitation_from_row(row) for row in tx.execute(_DUE.limit(limit), {"now": now})]


def find_next_deadline(
    tx: Connection, after: datetime, remind_after: timedelta, customer_ids: Collection[int] | None = None
) -> datetime | None:
    """Return when, later than ``after``, the next invitation is decided again, reminded of, expires, or is sealed.

    With ``customer_ids`` only invitations of these people count.
    """
    is_theirs = true() if customer_ids is None else invitation_table.c.customer_id.in_(customer_ids)

    def find_first(deadline: ColumnElement[datetime], *conditions: ColumnElement[bool]) -> datetime | None:
        first: datetime | None = tx.scalar(select(func.min(deadline)).where(deadline > after, is_theirs, *conditions))
        return first

    is_ahead = invitation_table.c.sent_at > after - remind_after
    sent = tx.scalar(select(func.min(invitation_table.c.sent_at)).where(_IS_SILENT, is_ahead, is_theirs))
    deadlines = [
        find_first(invitation_table.c.due_at, invitation_table.c.state == InvitationState.WAITING),
        find_first(invitation_table.c.expires_at, invitation_table.c.state.in_(ANSWERABLE_STATES)),
        find_first(invitation_table.c.seal_at, invitation_table.c.state.in_(ENDED_STATES)),
        sent + remind_after if sent is not None else None,
    ]
    return min((deadline for deadline in deadlines if deadline is not None), default=None)


def is_any_to_remind(tx: Connection, sent_before: datetime, now: datetime) -> bool:
    """Return whether `list_ids_to_remind` would find an invitation."""
    return bool(tx.scalar(_ANY_TO_REMIND, {"sent_before": sent_before, "now": now}))


def list_ids_to_remind(tx: Connection, sent_before: datetime, now: datetime, limit: int = BATCH) -> list[int]:
    """Return invitations without an answer or a reminder, the oldest first."""
    return list(tx.scalars(_TO_REMIND.limit(limit), {"sent_before": sent_before, "now": now}))


def mark_reminded(tx: Connection, invitation_ids: Sequence[int], now: datetime) -> None:
    """Record that these were reminded of, so that the tick passes them over: only a snooze posts another reminder."""
    tx.execute(update(invitation_table).where(invitation_table.c.id.in_(invitation_ids)).values(reminded_at=now))


def is_any_to_expire(tx: Connection, now: datetime) -> bool:
    """Return whether `list_ids_to_expire` would find an invitation."""
    return bool(tx.scalar(_ANY_TO_EXPIRE, {"now": now}))


def list_ids_to_expire(tx: Connection, now: datetime, limit: int = BATCH) -> list[int]:
    """Return invitations that can still be answered although their time is over, the oldest first."""
    return list(tx.scalars(_TO_EXPIRE.limit(limit), {"now": now}))


def list_to_expire(tx: Connection, now: datetime) -> list[CountedInvitation]:
    """Return the same invitations whole, all of them, by id."""
    rows = tx.execute(COUNTED_INVITATIONS.where(_IS_OVER).order_by(invitation_table.c.id), {"now": now})
    return [counted_from_row(row) for row in rows]


def count_anonymous(tx: Connection, customer_id: int) -> int:
    """Return how many anonymous questions this person was asked, closed ones and others."""
    is_open = invitation_table.c.seal_at.is_not(None)
    is_anonymous = is_open | (invitation_table.c.state == InvitationState.CLOSED)
    asked = select(func.count()).where(invitation_table.c.customer_id == customer_id, is_anonymous)
    return tx.execute(asked).scalar_one()
