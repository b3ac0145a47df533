"""Subjects of messages: what a message in a chat is about, so that a reply to it or an edit of it is understood."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.db.delivery.tables import message_ref_table
from bot.db.engine.upsert import Prepared, replace_columns
from cjm.address import Address

_SAVE = Prepared(message_ref_table, replace_columns("messenger", "address", "message_id"))


class SubjectKind(StrEnum):
    """Kind of row that a message is about."""

    RESPONSE = "response"  # `ref`: response id. One of our questions
    COMMENT = "comment"  # `ref`: answer id. A customer's answer in words: an edit of the message changes the answer
    JOINED_COMMENT = "comment-joined"  # `ref`: answer id. First of several messages joined into one: edits are dropped
    CARD = "case_card"  # `ref`: case number. The card in a chat that looks after the case
    TEAM_MESSAGE = "case"  # `ref`: case number. Another message about the case in such a chat
    CUSTOMER_MESSAGE = "my_case"  # `ref`: case number. A message about the case in its customer's chat


@dataclass(frozen=True, slots=True)
class MessageSubject:
    """Row that a message is about: its kind and its id."""

    kind: SubjectKind
    ref: int


def save(tx: Connection, to: Address, message_id: str, subject: MessageSubject, now: datetime) -> None:
    """Store what a message is about, or replace what was stored."""
    row = {"messenger": to.messenger, "address": to.id, "message_id": message_id}
    tx.execute(_SAVE(tx), row | {"kind": subject.kind, "ref": subject.ref, "at": now})


def find(tx: Connection, to: Address, message_id: str) -> MessageSubject | None:
    """Return what a message is about; None if nothing is stored about it, or a kind of another version of Tropa."""
    is_meant = _is_in_chat(to) & (message_ref_table.c.message_id == message_id)
    row = tx.execute(select(message_ref_table).where(is_meant)).first()
    return MessageSubject(SubjectKind(row.kind), row.ref) if row and row.kind in set(SubjectKind) else None


def list_messages(tx: Connection, subject: MessageSubject) -> list[tuple[Address, str]]:
    """Return every message about this, as (chat, message id), the last saved at the end: to change each in place."""
    same = (message_ref_table.c.kind == subject.kind) & (message_ref_table.c.ref == subject.ref)
    wanted = select(message_ref_table).where(same).order_by(message_ref_table.c.at)
    return [(Address(row.messenger, row.address), row.message_id) for row in tx.execute(wanted)]


def delete_message(tx: Connection, to: Address, message_id: str) -> None:
    """Forget what a message is about that is gone."""
    tx.execute(delete(message_ref_table).where(_is_in_chat(to), message_ref_table.c.message_id == message_id))


def delete_by_address(tx: Connection, to: Address, kinds: Collection[SubjectKind] = tuple(SubjectKind)) -> None:
    """Forget what the messages in this chat are about."""
    tx.execute(delete(message_ref_table).where(_is_in_chat(to), message_ref_table.c.kind.in_(kinds)))


def _is_in_chat(to: Address) -> ColumnElement[bool]:
    return (message_ref_table.c.messenger == to.messenger) & (message_ref_table.c.address == to.id)
