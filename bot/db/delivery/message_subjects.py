"""Our own map from a message to what it is about, so that a reply to it finds its way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.db.delivery.tables import message_ref_table
from bot.db.engine.upsert import Prepared, replace_columns
from cjm.address import Address

_REMEMBER = Prepared(message_ref_table, replace_columns("messenger", "address", "message_id"))


@dataclass(frozen=True, slots=True)
class MessageSubject:
    """``kind`` is a noun ("case", "response", "map", "digest"), ``ref`` its id."""

    kind: str
    ref: int


def save(tx: Connection, to: Address, message_id: str, subject: MessageSubject, now: datetime) -> None:
    """This message is about that; said again, the last word holds."""
    row = {"messenger": to.messenger, "address": to.id, "message_id": message_id}
    tx.execute(_REMEMBER(tx), row | {"kind": subject.kind, "ref": subject.ref, "at": now})


def find(tx: Connection, to: Address, message_id: str) -> MessageSubject | None:
    """What a message is about, if it is one of those we keep track of."""
    columns = (message_ref_table.c.kind, message_ref_table.c.ref)
    row = tx.execute(select(*columns).where(_is_in_chat(to), message_ref_table.c.message_id == message_id)).first()
    return MessageSubject(*row) if row else None


def list_messages(tx: Connection, subject: MessageSubject) -> list[tuple[Address, str]]:
    """Every message about this, oldest first: to change each in place."""
    same = (message_ref_table.c.kind == subject.kind) & (message_ref_table.c.ref == subject.ref)
    wanted = select(message_ref_table).where(same).order_by(message_ref_table.c.at)
    return [(Address(row.messenger, row.address), row.message_id) for row in tx.execute(wanted)]


def delete_by_address(tx: Connection, to: Address) -> None:
    """Forget all that was said in this chat."""
    tx.execute(delete(message_ref_table).where(_is_in_chat(to)))


def _is_in_chat(to: Address) -> ColumnElement[bool]:
    return (message_ref_table.c.messenger == to.messenger) & (message_ref_table.c.address == to.id)
