"""Deadlines of invitations: which are due, which to remind of, which are over. The ticks ask for them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select, true, update

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


def list_due(tx: Connection, now: datetime, limit: int = BATCH) -> list[Invitation]:
    """Return waiting invitations whose time has come, the longest waiting first."""
    is_due = (invitation_table.c.state == InvitationState.WAITING) & (invitation_table.c.due_at <= now)
    due = select(invitation_table).where(is_due).order_by(invitation_table.c.due_at, invitation_table.c.id)
    return [invitation_from_row(row) for row in tx.execute(due.limit(limit))]


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

    is_silent = (invitation_table.c.state == InvitationState.OPEN) & invitation_table.c.reminded_at.is_(None)
    is_ahead = invitation_table.c.sent_at > after - remind_after
    sent = tx.scalar(select(func.min(invitation_table.c.sent_at)).where(is_silent, is_ahead, is_theirs))
    deadlines = [
        find_first(invitation_table.c.due_at, invitation_table.c.state == InvitationState.WAITING),
        find_first(invitation_table.c.expires_at, invitation_table.c.state.in_(ANSWERABLE_STATES)),
        find_first(invitation_table.c.seal_at, invitation_table.c.state.in_(ENDED_STATES)),
        sent + remind_after if sent is not None else None,
    ]
    return min((deadline for deadline in deadlines if deadline is not None), default=None)


def list_ids_to_remind(tx: Connection, sent_before: datetime, now: datetime, limit: int = BATCH) -> list[int]:
    """Return invitations without an answer or a reminder, the oldest first."""
    is_silent = (invitation_table.c.state == InvitationState.OPEN) & invitation_table.c.reminded_at.is_(None)
    is_timely = (invitation_table.c.sent_at <= sent_before) & (invitation_table.c.expires_at > now)
    silent = select(invitation_table.c.id).where(is_silent, is_timely).order_by(invitation_table.c.sent_at)
    return list(tx.scalars(silent.limit(limit)))


def mark_reminded(tx: Connection, invitation_ids: Sequence[int], now: datetime) -> None:
    """Record that these were reminded of, so that the tick passes them over: only a snooze posts another reminder."""
    tx.execute(update(invitation_table).where(invitation_table.c.id.in_(invitation_ids)).values(reminded_at=now))


def list_ids_to_expire(tx: Connection, now: datetime, limit: int = BATCH) -> list[int]:
    """Return invitations that can still be answered although their time is over, the oldest first."""
    over = select(invitation_table.c.id).where(_is_over(now)).order_by(invitation_table.c.expires_at)
    return list(tx.scalars(over.limit(limit)))


def list_to_expire(tx: Connection, now: datetime) -> list[CountedInvitation]:
    """Return the same invitations whole, all of them, by id."""
    rows = tx.execute(COUNTED_INVITATIONS.where(_is_over(now)).order_by(invitation_table.c.id))
    return [counted_from_row(row) for row in rows]


def _is_over(now: datetime) -> ColumnElement[bool]:
    return invitation_table.c.state.in_(ANSWERABLE_STATES) & (invitation_table.c.expires_at <= now)


def count_anonymous(tx: Connection, customer_id: int) -> int:
    """Return how many anonymous questions this person was asked, closed ones and others."""
    is_open = invitation_table.c.seal_at.is_not(None)
    is_anonymous = is_open | (invitation_table.c.state == InvitationState.CLOSED)
    asked = select(func.count()).where(invitation_table.c.customer_id == customer_id, is_anonymous)
    return tx.execute(asked).scalar_one()
