"""Awaited texts: what the next free text in a private chat will be taken for.

A chat awaits one text at a time: a feature that asks for one replaces the feature that asked before.
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

    COMMENT = "comment"  # answers the question of invitation ``ref``
    COMPLAINT = "complaint"  # opens a case
    ADDITION = "case"  # is added to case ``ref``
    DRAFT = "draft"  # is added to draft ``ref``
    QUIET_HOURS = "settings-quiet"
    TIME_ZONE = "settings-zone"


CASE_TEXTS = (AwaitedTextKind.COMPLAINT, AwaitedTextKind.ADDITION, AwaitedTextKind.DRAFT)
"""Texts for cases: another text for a case may take their place, texts for other features keep it."""


@dataclass(frozen=True, slots=True)
class AwaitedText:
    """Text that a feature waits for: ``kind`` names it, ``ref`` is a row id of its own, ``data`` its context."""

    kind: AwaitedTextKind
    at: datetime
    ref: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def save(tx: Connection, address: Address, awaited: AwaitedText) -> None:
    """Take the next text in this chat for ``awaited``, and for nothing that was awaited before."""
    columns = {"kind": awaited.kind, "ref": awaited.ref, "data": dict(awaited.data), "at": awaited.at}
    tx.execute(_SAVE(tx), {"messenger": address.messenger, "address": address.id} | columns)


def find(tx: Connection, address: Address) -> AwaitedText | None:
    """Return the text that this chat awaits; None as well for a kind that only another version of Tropa knows."""
    row = tx.execute(select(prompt_table).where(_is_in_chat(address))).first()
    if row is None or row.kind not in set(AwaitedTextKind):
        return None
    return AwaitedText(AwaitedTextKind(row.kind), row.at, row.ref, row.data)


def delete_awaited(
    tx: Connection, address: Address, kind: AwaitedTextKind | None = None, ref: int | None = None
) -> None:
    """Await no text any more. With ``kind`` (and ``ref``), leave the awaited text if it is a different one."""
    is_meant = _is_in_chat(address)
    if kind is not None:
        is_meant &= prompt_table.c.kind == kind
    if ref is not None:
        is_meant &= prompt_table.c.ref == ref
    tx.execute(delete(prompt_table).where(is_meant))


def _is_in_chat(address: Address) -> ColumnElement[bool]:
    return (prompt_table.c.messenger == address.messenger) & (prompt_table.c.address == address.id)
