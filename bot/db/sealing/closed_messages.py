"""Messages in customers' chats that still show a closed question of an anonymous journey, until they are changed.

Every closed question leaves the same rows behind, answered or not. They name no invitation, and go when the message was
changed, or cannot be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, select, update

from bot.db.asking.tables import closed_message_table
from bot.db.engine.database import Connection
from bot.db.engine.rows import address_reader, row_reader
from bot.db.engine.upsert import Prepared, replace_columns
from cjm.address import Address

_TABLE = closed_message_table
_DUE = select(_TABLE).where(_TABLE.c.due_at <= bindparam("now")).order_by(_TABLE.c.due_at).limit(bindparam("most"))
_SAVE = Prepared(_TABLE, replace_columns("messenger", "address", "message_id"))


@dataclass(frozen=True, slots=True)
class ClosedMessage:
    """Message that is to say that its question is closed; ``attempts`` counts the tries that failed."""

    address: Address
    message_id: str
    language: str | None
    attempts: int


_from_row = row_reader(ClosedMessage, _TABLE, address=address_reader(_TABLE))


def save_closed(
    tx: Connection, messages: Iterable[tuple[Address, str]], language: str | None, due_at: datetime
) -> None:
    """Store that these messages show a question that is closed."""
    rows = [
        {"messenger": to.messenger, "address": to.id, "message_id": number, "language": language}
        | {"attempts": 0, "due_at": due_at}
        for to, number in dict.fromkeys(messages)
    ]
    if rows:
        tx.execute(_SAVE(tx), rows)


def list_due(tx: Connection, now: datetime, limit: int) -> list[ClosedMessage]:
    """Return messages to be changed, the longest due first."""
    return [_from_row(row) for row in tx.execute(_DUE, {"now": now, "most": limit})]


def list_by_address(tx: Connection, to: Address) -> list[ClosedMessage]:
    """Return the messages of a chat that still show a closed question."""
    return [_from_row(row) for row in tx.execute(select(_TABLE).where(_is_in_chat(to)))]


def put_off(tx: Connection, message: ClosedMessage, due_at: datetime) -> None:
    """Count a try that failed; the next one is at ``due_at``."""
    tx.execute(update(_TABLE).where(_is_message(message)).values(attempts=message.attempts + 1, due_at=due_at))


def delete_message(tx: Connection, message: ClosedMessage) -> None:
    tx.execute(delete(_TABLE).where(_is_message(message)))


def delete_by_address(tx: Connection, to: Address) -> None:
    """Delete the rows about a chat, as part of forgetting its person."""
    tx.execute(delete(_TABLE).where(_is_in_chat(to)))


def _is_message(message: ClosedMessage) -> ColumnElement[bool]:
    return _is_in_chat(message.address) & (_TABLE.c.message_id == message.message_id)


def _is_in_chat(to: Address) -> ColumnElement[bool]:
    return (_TABLE.c.messenger == to.messenger) & (_TABLE.c.address == to.id)
