"""Progress of a campaign: its questions by what became of them, and dropping those that were not sent.

What was asked anonymously counts as sent, and no more: also after its journey was made a named one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, insert, literal, select, update

from bot.db.asking.invitations import letter_key
from bot.db.asking.tables import decision_table, invitation_table, response_table
from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.asking.invitation_state import UNSENT_STATES, InvitationState

_TAKEN_STATES = (LetterState.LEASED, LetterState.SENDING)


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """Numbers of people: the question is sent to them, waits for them, or will not be sent, by reason.

    ``answered`` and ``declined`` are among the ``sent`` ones.
    """

    sent: int = 0
    waiting: int = 0
    answered: int = 0
    declined: int = 0
    unsent: Mapping[str, int] = field(default_factory=dict)


def find_progress(tx: Connection, campaign_id: int) -> CampaignProgress:
    """Count the questions of a campaign by what became of them."""
    i, is_sent = invitation_table.c, invitation_table.c.sent_at.is_not(None)
    is_named = i.seal_at.is_(None)
    is_answered = func.coalesce(is_named & response_table.c.started_at.is_not(None), false())
    joined = invitation_table.outerjoin(response_table, response_table.c.invitation_id == i.id)
    columns = (
        i.state,
        i.reason,
        is_sent.label("is_sent"),
        is_answered.label("is_answered"),
        is_named.label("is_named"),
    )
    counts = select(*columns, func.count().label("n")).select_from(joined).where(_is_of(campaign_id))
    rows = tx.execute(counts.group_by(*columns)).all()
    unsent: Counter[str] = Counter()
    for row in rows:
        if row.state == InvitationState.DROPPED:
            unsent[row.reason or ""] += row.n
    return CampaignProgress(
        sent=sum(row.n for row in rows if row.is_sent),
        waiting=sum(row.n for row in rows if row.state in UNSENT_STATES),
        answered=sum(row.n for row in rows if row.is_answered),
        declined=sum(row.n for row in rows if row.state == InvitationState.DECLINED and row.is_named),
        unsent=unsent,
    )


def has_unsent(tx: Connection, campaign_id: int) -> bool:
    """Return whether a question of the campaign waits to be sent."""
    unsent = select(invitation_table.c.id).where(_is_of(campaign_id), invitation_table.c.state.in_(UNSENT_STATES))
    return tx.execute(unsent.limit(1)).first() is not None


def drop_unsent(tx: Connection, campaign_id: int, reason: AskingReason, now: datetime) -> None:
    """Drop the questions that were not sent; a letter that a worker has taken already may still arrive."""
    taken = _list_taken(tx, campaign_id)
    is_unsent = _is_of(campaign_id) & invitation_table.c.state.in_(UNSENT_STATES)
    is_unsent &= invitation_table.c.id.not_in(taken)
    i = invitation_table.c
    columns = {
        "invitation_id": i.id,
        "customer_id": i.customer_id,
        "survey": i.survey,
        "verdict": literal(AskingVerdict.SKIP, decision_table.c.verdict.type),
        "reason": literal(reason, decision_table.c.reason.type),
        "at": literal(now, decision_table.c.at.type),
    }
    tx.execute(insert(decision_table).from_select(list(columns), select(*columns.values()).where(is_unsent)))
    tx.execute(update(invitation_table).where(is_unsent).values(state=InvitationState.DROPPED, reason=reason))


def _is_of(campaign_id: int) -> ColumnElement[bool]:
    return invitation_table.c.campaign_id == campaign_id


def _list_taken(tx: Connection, campaign_id: int) -> list[int]:
    """Return the questions whose letters a worker is sending just now."""
    is_reserved = _is_of(campaign_id) & (invitation_table.c.state == InvitationState.RESERVED)
    wanted = select(invitation_table.c.id).where(is_reserved).order_by(invitation_table.c.id)
    keys = {letter_key(number): number for number in tx.scalars(wanted.with_for_update())}
    is_taken = letter_table.c.state.in_(_TAKEN_STATES)
    chunks = split_into_chunks(sorted(keys))
    rows = (
        row
        for chunk in chunks
        for row in tx.execute(select(letter_table.c.key).where(letter_table.c.key.in_(chunk), is_taken))
    )
    return [keys[row.key] for row in rows]
