"""Responses: the conversation about one invitation, as it stands and as its message last showed it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, insert, select, update

from bot.db.asking.tables import response_table
from bot.db.delivery.states import UNFINISHED_STATES
from bot.db.delivery.tables import letter_table
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import address_reader, row_reader
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Response:
    """One conversation. ``shown`` is the step that its message shows, None while a change is not shown yet.
    ``choosing`` is the question to which more choices may come.

    Without ``message_id`` the invitation may not have arrived; the first tap tells. ``contact`` is the answer to "may
    we contact you?", None before it.
    """

    id: int
    invitation_id: int
    customer_id: int
    step: str
    shown: str | None
    skipped: frozenset[str]
    choosing: str | None
    contact: bool | None
    address: Address | None
    message_id: str | None
    started_at: datetime | None
    finished_at: datetime | None
    touched_at: datetime


UNSAVED = 0
"""Id of a conversation that is not stored yet."""

_INSERT = PreparedStatement(insert(response_table).returning(response_table.c.id))
_UPDATE = PreparedStatement(update(response_table).where(response_table.c.id == bindparam("response_id")))
_MARK_SHOWN = PreparedStatement(
    update(response_table)
    .where(
        response_table.c.id == bindparam("response_id"),
        response_table.c.step == bindparam("step_shown"),
        response_table.c.message_id == bindparam("in_message"),
        response_table.c.touched_at == bindparam("at"),
    )
    .values(shown=response_table.c.step)
    .returning(response_table.c.id)
)


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


def make_response(invitation_id: int, customer_id: int, step: str, now: datetime) -> Response:
    """Return the conversation about an invitation as it begins; :func:`save` stores it."""
    return Response(
        UNSAVED, invitation_id, customer_id, step, None, frozenset(), None, None, None, None, None, None, now
    )


def _select_by_invitation(invitation_id: int) -> Select[Any]:
    return select(response_table).where(response_table.c.invitation_id == invitation_id)


def find_by_invitation(tx: Connection, invitation_id: int) -> Response | None:
    row = tx.execute(_select_by_invitation(invitation_id)).first()
    return response_from_row(row) if row else None


def find_by_id(tx: Connection, response_id: int) -> Response | None:
    row = tx.execute(select(response_table).where(response_table.c.id == response_id)).first()
    return response_from_row(row) if row else None


def save(tx: Connection, response: Response) -> Response:
    """Store the next state of a conversation, or a new one, which gets its id.

    Two new ones about one invitation are an IntegrityError: lock the customer before you look for the first.
    """
    values = {
        "step": response.step,
        "shown": response.shown,
        "skipped": sorted(response.skipped),
        "choosing": response.choosing,
        "contact": None if response.contact is None else "yes" if response.contact else "no",
        "messenger": response.address.messenger if response.address else None,
        "address": response.address.id if response.address else None,
        "message_id": response.message_id,
        "started_at": response.started_at,
        "finished_at": response.finished_at,
        "touched_at": response.touched_at,
    }
    if response.id != UNSAVED:
        _UPDATE.run(tx, {"response_id": response.id} | values)
        return response
    of = {"invitation_id": response.invitation_id, "customer_id": response.customer_id}
    return replace(response, id=_INSERT.find_row(tx, of | values).id)


def mark_shown(tx: Connection, response_id: int, step: str, message_id: str, touched_at: datetime) -> bool:
    """Record that the message shows this step, as it stood at ``touched_at``.

    Return False when the conversation went on meanwhile: then the message shows something old, and is edited again.
    """
    shown = {"response_id": response_id, "step_shown": step, "in_message": message_id, "at": touched_at}
    return _MARK_SHOWN.find_row(tx, shown) is not None


def leave_chat(tx: Connection, customer_id: int, chat: Address) -> None:
    """Forget which messages in this chat show a person's conversations: they cannot be changed any more."""
    is_there = (response_table.c.messenger == chat.messenger) & (response_table.c.address == chat.id)
    nowhere = {"messenger": None, "address": None, "message_id": None}
    tx.execute(update(response_table).where(response_table.c.customer_id == customer_id, is_there).values(nowhere))


def mark_all_shown(tx: Connection, invitation_ids: Collection[int] | None = None) -> None:
    """Record that the messages of these invitations (None: of all) show their conversations, without showing them.

    For simulated customers, who look at no chat.
    """
    behind = update(response_table).where(response_table.c.shown.is_(None))
    if invitation_ids is not None:
        behind = behind.where(response_table.c.invitation_id.in_(invitation_ids))
    tx.execute(behind.values(shown=response_table.c.step))


def list_not_shown(tx: Connection, before: datetime, moving_kind: str, limit: int = 100) -> list[Response]:
    """Return conversations last touched before this time whose message may show something old, oldest first.

    One that a waiting letter of ``moving_kind`` moves into a new message is left out: its old message stays as it is.
    """
    rows = tx.execute(_NOT_SHOWN, {"before": before, "moving_kind": moving_kind, "most": limit})
    return [response_from_row(row) for row in rows]


_IS_MOVING = exists().where(
    letter_table.c.address == response_table.c.address,
    letter_table.c.messenger == response_table.c.messenger,
    letter_table.c.state.in_(UNFINISHED_STATES),
    letter_table.c.kind == bindparam("moving_kind"),
)
_NOT_SHOWN = (
    select(response_table)
    .where(
        response_table.c.shown.is_(None),
        response_table.c.message_id.is_not(None),
        response_table.c.touched_at <= bindparam("before"),
        ~_IS_MOVING,
    )
    .order_by(response_table.c.touched_at)
    .limit(bindparam("most"))
)  # built once: a tick runs it
