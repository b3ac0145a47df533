"""Fates of a person's invitations: their states, how far their conversations went, and which reminders arrived."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select

from bot.db.asking.tables import invitation_table, response_table
from bot.db.delivery.tables import letter_table
from bot.db.engine.database import Connection
from bot.db.people.tables import customer_table
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.asking_story import InvitationFate


class FateKey(NamedTuple):
    """Key of a fate: visit and survey of its invitation, or the id of an invitation without a visit."""

    visit_id: int | None
    invitation_id: int | None
    survey: str


_FATES = select(
    invitation_table,
    response_table.c.step,
    response_table.c.started_at,
    response_table.c.finished_at,
    response_table.c.touched_at,
).outerjoin(response_table, response_table.c.invitation_id == invitation_table.c.id)


def list_fates(tx: Connection, customer_id: int, reminding_kind: str, limit: int) -> Mapping[FateKey, InvitationFate]:
    """Return the fates of a person's last invitations. ``reminding_kind`` is that of the letters that remind."""
    theirs = _FATES.where(invitation_table.c.customer_id == customer_id).order_by(invitation_table.c.id.desc())
    rows = tx.execute(theirs.limit(limit)).all()
    reminders = _list_reminders(tx, customer_id, reminding_kind)
    return {_fate_key(row): _fate_from_row(row, tuple(reminders[row.id])) for row in rows}


def _fate_key(row: Row[Any]) -> FateKey:
    return FateKey(row.visit_id, row.id if row.visit_id is None else None, row.survey)


def _fate_from_row(row: Row[Any], reminders: tuple[datetime, ...]) -> InvitationFate:
    return InvitationFate(
        state=row.state,
        due_at=row.due_at,
        not_after=row.not_after,
        reason=row.reason,
        trigger_at=row.trigger_at,
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        snoozed_until=row.reminded_at,
        step=row.step,
        started_at=row.started_at,
        finished_at=row.finished_at,
        touched_at=row.touched_at,
        reminders=reminders,
        is_anonymous=row.seal_at is not None or row.state is InvitationState.CLOSED,
    )


def _list_reminders(tx: Connection, customer_id: int, kind: str) -> defaultdict[int, list[datetime]]:
    """Return when reminders arrived in the person's present chat, by the id of their invitation, in order."""
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in tx.execute(_select_reminders(customer_id, kind)):
        found[row.data["invitation"]].append(row.sent_at)
    return found


def _select_reminders(customer_id: int, kind: str) -> Select[Any]:
    is_theirs = (letter_table.c.messenger == customer_table.c.messenger) & (
        letter_table.c.address == customer_table.c.address
    )
    return (
        select(letter_table.c.data, letter_table.c.sent_at)
        .join(customer_table, is_theirs)
        .where(customer_table.c.id == customer_id, letter_table.c.kind == kind, letter_table.c.sent_at.is_not(None))
        .order_by(letter_table.c.sent_at)
    )
