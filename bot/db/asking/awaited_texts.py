"""Awaited texts: what the next free text in a private chat will be taken for. They are rows of the table ``prompt``.

A chat awaits one text at a time: `save` replaces the text that was awaited before. How long a text is awaited is
decided by the feature that reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.db.asking.tables import prompt_table
from bot.db.engine.upsert import Prepared, replace_columns
from cjm.address import Address

_SAVE = Prepared(prompt_table, replace_columns("messenger", "address"))


class AwaitedTextKind(StrEnum):
    """Feature that waits for a text, and what becomes of the text."""

    COMMENT = "comment"  # answers a question of invitation ``ref``, or is added to the comment that ``data`` names
    COMPLAINT = "complaint"  # opens a case
    ADDITION = "case"  # is added to the case with the number ``ref``
    DRAFT = "draft"  # is added to draft ``ref``
    QUIET_HOURS = "settings-quiet"  # becomes the customer's quiet hours
    TIME_ZONE = "settings-zone"  # becomes the customer's time zone
    CHANGE = "change"  # becomes the part of a change that ``data`` names; ``ref`` is that change, or its draft
    VIEW_NAME = "view-name"  # becomes the name of the saved view ``ref``, if ``data`` names its writer


CASE_TEXTS = (AwaitedTextKind.COMPLAINT, AwaitedTextKind.ADDITION, AwaitedTextKind.DRAFT)
"""Kinds about cases. A draft or a receipt, for which the customer did not ask, replaces only an awaited text of these.

A survey question or a setting goes on waiting.
"""


@dataclass(frozen=True, slots=True)
class AwaitedText:
    """Text that a feature waits for since ``at``.

    ``kind`` names the feature and says what ``ref`` is the id of; ``data`` is the feature's own context.
    """

    kind: AwaitedTextKind
    at: datetime
    ref: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def save(tx: Connection, address: Address, awaited: AwaitedText) -> None:
    """Await this text in the chat, in place of the one that was awaited before."""
    columns = {"kind": awaited.kind, "ref": awaited.ref, "data": dict(awaited.data), "at": awaited.at}
    tx.execute(_SAVE(tx), {"messenger": address.messenger, "address": address.id} | columns)


def find(tx: Connection, address: Address) -> AwaitedText | None:
    """Return the text that this chat awaits, however old; None if there is none or this version lacks its kind."""
    row = tx.execute(select(prompt_table).where(_is_in_chat(address))).first()
    if row is None or row.kind not in set(AwaitedTextKind):
        return None
    return AwaitedText(AwaitedTextKind(row.kind), row.at, row.ref, row.data)


def delete_awaited(
    tx: Connection, address: Address, kind: AwaitedTextKind | None = None, ref: int | None = None
) -> None:
    """Await no text any more. With ``kind`` or ``ref``, only an awaited text that has them is deleted."""
    is_meant = _is_in_chat(address)
    if kind is not None:
        is_meant &= prompt_table.c.kind == kind
    if ref is not None:
        is_meant &= prompt_table.c.ref == ref
    tx.execute(delete(prompt_table).where(is_meant))


def _is_in_chat(address: Address) -> ColumnElement[bool]:
    return (prompt_table.c.messenger == address.messenger) & (prompt_table.c.address == address.id)
