"""Conversations of anonymous journeys that have ended, and the traces that would tell whose answers were whose.

Everything here runs in the transaction that seals (`bot.usecases.sealing.seal_conversations`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update

from bot.db.asking import awaited_texts
from bot.db.asking.answers import Answer, answer_from_row
from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.db.asking.invitations import COUNTED_INVITATIONS, CountedInvitation, counted_from_row
from bot.db.asking.responses import Response, response_from_row
from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table, message_ref_table
from bot.db.engine.announcements import ERASURES, announce
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.imports.table_imports import MADE_UP_CUSTOMER
from bot.db.imports.tables import imported_row_table, table_import_table
from bot.db.people.tables import customer_table
from cjm.address import Address
from cjm.asking.invitation_state import ENDED_STATES, InvitationState

_TAKEN_STATES = (LetterState.LEASED, LetterState.SENDING)
_IS_WRITER = customer_table.c.id == answer_table.c.customer_id
# Not as "one of": the index of states, which would be chosen then, leads to all that have ever ended.
_HAS_ENDED = invitation_table.c.state.not_in([state for state in InvitationState if state not in ENDED_STATES])
_ENDED_PEOPLE = (
    select(invitation_table.c.id, invitation_table.c.customer_id)
    .where(invitation_table.c.seal_at.is_not(None), invitation_table.c.seal_at <= bindparam("now"), _HAS_ENDED)
    .order_by(invitation_table.c.seal_at)
    .limit(bindparam("most"))
)  # built once: a tick runs it


@dataclass(frozen=True, slots=True)
class EndedConversation:
    """Invitation that has ended, with what it counts for, and its response if the question is known to have arrived."""

    counted: CountedInvitation
    response: Response | None


def list_ended_people(tx: Connection, now: datetime, limit: int) -> dict[int, int]:
    """Return the invitations that can be sealed, the longest ended first, each with its customer's id."""
    return {row.id: row.customer_id for row in tx.execute(_ENDED_PEOPLE, {"now": now, "most": limit})}


def list_ended(tx: Connection, invitation_ids: Collection[int], now: datetime) -> list[EndedConversation]:
    """Return those of these conversations that have ended still. Lock their customers before: a tap may reopen one."""
    is_meant = invitation_table.c.id.in_(sorted(invitation_ids)) & _HAS_ENDED & (invitation_table.c.seal_at <= now)
    counted = [counted_from_row(row) for row in tx.execute(COUNTED_INVITATIONS.where(is_meant))]
    wanted = select(response_table).where(response_table.c.invitation_id.in_([c.invitation.id for c in counted]))
    found = {response.invitation_id: response for response in map(response_from_row, tx.execute(wanted))}
    return [EndedConversation(one, found.get(one.invitation.id)) for one in counted]


def list_unsealed(tx: Connection, journeys: Collection[str], limit: int) -> Sequence[int]:
    """Return conversations of these journeys, as invitations, that ended without becoming due to be sealed."""
    is_ended = invitation_table.c.state.in_(ENDED_STATES)
    late = invitation_table.c.journey.in_(sorted(journeys)) & invitation_table.c.seal_at.is_(None) & is_ended
    return tx.scalars(select(invitation_table.c.id).where(late).limit(limit)).all()


def end_at_once(tx: Connection, invitation_ids: Sequence[int], now: datetime) -> None:
    """Make these conversations due to be sealed."""
    for chunk in split_into_chunks(invitation_ids):
        is_meant = invitation_table.c.id.in_(chunk) & _HAS_ENDED
        tx.execute(update(invitation_table).where(is_meant).values(seal_at=now))


def _is_imported() -> ColumnElement[bool]:
    is_made_up = customer_table.c.external_id.like(MADE_UP_CUSTOMER)
    return (answer_table.c.source == "import") & or_(customer_table.c.external_id.is_(None), ~is_made_up)


def list_imported_days(tx: Connection, journey: str) -> Sequence[date]:
    """Return the days with imported answers of people, in order; rows that named no customer are of nobody."""
    # From the rows of imports, of which few have answers still: the answers of the journey may be millions.
    rows = table_import_table.join(imported_row_table).join(answer_table).join(customer_table, _IS_WRITER)
    has_facts = (table_import_table.c.journey == journey) & imported_row_table.c.erased.is_(False)
    days = select(answer_table.c.day).select_from(rows).where(has_facts, _is_imported())
    return tx.scalars(days.distinct().order_by(answer_table.c.day)).all()


def list_imported(tx: Connection, journey: str, day: date) -> list[Answer]:
    """Return the imported answers of people about a day."""
    wanted = select(answer_table).join(customer_table, _IS_WRITER).where(_is_imported())
    wanted = wanted.where(answer_table.c.journey == journey, answer_table.c.day == day)
    return [answer_from_row(row) for row in tx.execute(wanted.order_by(answer_table.c.id))]


def delete_letters(tx: Connection, kinds: Sequence[str], chats: Iterable[Address], invitation_id: int) -> bool:
    """Delete the letters about an invitation: a reminder, a step or their number tells whether somebody answered.

    Return False, and delete none, when one of them is just being sent: its end is to be recorded first.
    """
    addresses = sorted({chat.id for chat in chats})
    wanted = select(letter_table.c.id, letter_table.c.state, letter_table.c.data)
    rows: list[Any] = [
        row
        for row in tx.execute(wanted.where(letter_table.c.address.in_(addresses), letter_table.c.kind.in_(kinds)))
        if row.data.get("invitation") == invitation_id
    ]
    if any(row.state in _TAKEN_STATES for row in rows):
        return False
    tx.execute(delete(letter_table).where(letter_table.c.id.in_([row.id for row in rows])))
    return True


def list_messages(tx: Connection, response: Response) -> list[tuple[Address, str]]:
    """Return the messages that show a conversation, or showed it and name its answers still."""
    found = message_subjects.list_messages(tx, MessageSubject(SubjectKind.RESPONSE, response.id))
    if response.address is not None and response.message_id is not None:
        found.append((response.address, response.message_id))
    return found


def delete_traces(tx: Connection, response: Response, answer_ids: Sequence[int]) -> None:
    """Delete a conversation with its answers, and what leads from messages to them. A case of it loses its link."""
    announce(tx, ERASURES)
    refs = message_ref_table.c
    is_question = (refs.kind == SubjectKind.RESPONSE) & (refs.ref == response.id)
    is_comment = refs.kind.in_((SubjectKind.COMMENT, SubjectKind.JOINED_COMMENT)) & refs.ref.in_(answer_ids)
    tx.execute(delete(message_ref_table).where(or_(is_question, is_comment)))
    if response.address is not None:
        awaited_texts.delete_awaited(tx, response.address, AwaitedTextKind.COMMENT, response.invitation_id)
    tx.execute(delete(response_table).where(response_table.c.id == response.id))  # with its answers
