"""Subjects of messages: what each message that we sent is about, so that a reply to it reaches the right case."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.db.delivery.tables import message_ref_table
from bot.db.engine.upsert import Prepared, replace_columns
from cjm.address import Address

_SAVE = Prepared(message_ref_table, replace_columns("messenger", "address", "message_id"))


class SubjectKind(StrEnum):
    """Kind of thing that a message is about; ``ref`` of its :class:`MessageSubject` is the id named here."""

    RESPONSE = "response"  # a question; the response
    COMMENT = "comment"  # a customer's answer in words; the answer. An edit of the message changes it
    JOINED_COMMENT = "comment-joined"  # one of several messages that became one answer: its edits are not followed
    CARD = "case_card"  # a case's card in the chat of those who look after it; the case
    TEAM_MESSAGE = "case"  # another message about a case in such a chat; the case
    CUSTOMER_MESSAGE = "my_case"  # a message about a case in its customer's chat; the case


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
    """Return what a message is about; None for a message that is not kept track of."""
    is_meant = _is_in_chat(to) & (message_ref_table.c.message_id == message_id)
    row = tx.execute(select(message_ref_table).where(is_meant)).first()
    return MessageSubject(SubjectKind(row.kind), row.ref) if row else None


def list_messages(tx: Connection, subject: MessageSubject) -> list[tuple[Address, str]]:
    """Return every message about this, as (chat, message id), oldest first: to change each in place."""
    same = (message_ref_table.c.kind == subject.kind) & (message_ref_table.c.ref == subject.ref)
    wanted = select(message_ref_table).where(same).order_by(message_ref_table.c.at)
    return [(Address(row.messenger, row.address), row.message_id) for row in tx.execute(wanted)]


def delete_by_address(tx: Connection, to: Address) -> None:
    """Forget what the messages in this chat are about."""
    tx.execute(delete(message_ref_table).where(_is_in_chat(to)))


def _is_in_chat(to: Address) -> ColumnElement[bool]:
    return (message_ref_table.c.messenger == to.messenger) & (message_ref_table.c.address == to.id)
