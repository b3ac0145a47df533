"""Messages that a conversation has left, until they show no buttons any more.

Invariants:

* A message gets its row in the transaction that moves the conversation into another message, so a crash before the
  change loses nothing. The row goes when the message was changed, or cannot be changed any more.
* A row about the message that the conversation is in is not due: the conversation has come back to it, or is about to
  leave it. It is due once the conversation is elsewhere.
* A row with another ``due_at`` than the one that was read is about a later time at which the message was left.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, or_, select, update

from bot.db.asking.responses import Response
from bot.db.asking.tables import invitation_table, left_message_table, response_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import Prepared, replace_columns
from cjm.address import Address
from cjm.asking.invitation_state import ANSWERABLE_STATES

_TABLE = left_message_table
_SAVE = Prepared(_TABLE, replace_columns("messenger", "address", "message_id"))


@dataclass(frozen=True, slots=True)
class LeftMessage:
    """Message that is to lose its buttons; ``attempts`` counts the tries that failed."""

    address: Address
    message_id: str
    invitation_id: int
    attempts: int
    due_at: datetime


def save_left(tx: Connection, response: Response, now: datetime) -> None:
    """Store that the message which has shown this conversation until now is left; nothing if none has."""
    if response.address is None or response.message_id is None:
        return
    message = {
        "messenger": response.address.messenger,
        "address": response.address.id,
        "message_id": response.message_id,
    }
    tx.execute(_SAVE(tx), message | {"response_id": response.id, "attempts": 0, "due_at": now})


def list_due(tx: Connection, now: datetime, limit: int) -> list[LeftMessage]:
    """Return messages to be changed, the longest due first."""
    return [_from_row(row) for row in tx.execute(_DUE, {"now": now, "most": limit})]


def find_left(tx: Connection, address: Address, message_id: str) -> LeftMessage | None:
    row = tx.execute(_SELECT.where(_is_message(address, message_id))).first()
    return _from_row(row) if row else None


def put_off(tx: Connection, message: LeftMessage, due_at: datetime) -> None:
    """Count a try that failed; the next one is at ``due_at``."""
    tx.execute(update(_TABLE).where(_is_same(message)).values(attempts=message.attempts + 1, due_at=due_at))


def delete_left(tx: Connection, message: LeftMessage) -> None:
    """Delete the row of a message that was changed, or cannot be; one that was left again meanwhile stays."""
    tx.execute(delete(_TABLE).where(_is_same(message)))


def delete_by_customer(tx: Connection, customer_id: int) -> None:
    """Delete the rows about a person's conversations: their messages are taken away."""
    theirs = select(response_table.c.id).where(response_table.c.customer_id == customer_id)
    tx.execute(delete(_TABLE).where(_TABLE.c.response_id.in_(theirs)))


def list_live(tx: Connection, customer_id: int, since: datetime) -> list[tuple[Address, str]]:
    """Return the messages of a person's conversations that may have buttons that still do something.

    These are the messages of open questions, of those that were touched after ``since``, and all that were left.
    """
    joined = select(response_table).join(invitation_table).where(response_table.c.customer_id == customer_id)
    is_live = invitation_table.c.state.in_(ANSWERABLE_STATES) | (response_table.c.touched_at >= since)
    current = tx.execute(joined.where(is_live, response_table.c.message_id.is_not(None))).all()
    left = tx.execute(_SELECT.where(response_table.c.customer_id == customer_id)).all()
    return [(Address(row.messenger, row.address), row.message_id) for row in (*current, *left)]


_SELECT: Select[Any] = select(
    _TABLE.c.messenger,
    _TABLE.c.address,
    _TABLE.c.message_id,
    response_table.c.invitation_id,
    _TABLE.c.attempts,
    _TABLE.c.due_at,
).select_from(_TABLE.join(response_table))
_IS_ELSEWHERE = or_(
    response_table.c.message_id.is_(None),
    response_table.c.message_id != _TABLE.c.message_id,
    response_table.c.address != _TABLE.c.address,
)
_DUE = (
    _SELECT.where(_TABLE.c.due_at <= bindparam("now"), _IS_ELSEWHERE).order_by(_TABLE.c.due_at).limit(bindparam("most"))
)


def _from_row(row: Row[Any]) -> LeftMessage:
    return LeftMessage(Address(row.messenger, row.address), row.message_id, row.invitation_id, row.attempts, row.due_at)


def _is_message(address: Address, message_id: str) -> ColumnElement[bool]:
    is_in_chat = (_TABLE.c.messenger == address.messenger) & (_TABLE.c.address == address.id)
    return is_in_chat & (_TABLE.c.message_id == message_id)


def _is_same(message: LeftMessage) -> ColumnElement[bool]:
    return _is_message(message.address, message.message_id) & (_TABLE.c.due_at == message.due_at)
