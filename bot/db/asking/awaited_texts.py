"""What the next free text in a private chat will be taken for; one thing at a time, the last one asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.db.asking.tables import prompt_table
from bot.db.engine.upsert import Prepared, replace_columns
from cjm.address import Address

_PUT = Prepared(prompt_table, replace_columns("messenger", "address"))


@dataclass(frozen=True, slots=True)
class AwaitedText:
    """``kind`` says who asked; ``ref`` is an id of his, ``data`` what else he needs to go on."""

    kind: str
    at: datetime
    ref: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def save(tx: Connection, address: Address, awaited: AwaitedText) -> None:
    """From now on the next text is taken for this, and for nothing that was asked before."""
    asked = {"kind": awaited.kind, "ref": awaited.ref, "data": dict(awaited.data), "at": awaited.at}
    tx.execute(_PUT(tx), {"messenger": address.messenger, "address": address.id} | asked)


def find(tx: Connection, address: Address) -> AwaitedText | None:
    row = tx.execute(select(prompt_table).where(_is_in_chat(address))).first()
    return AwaitedText(row.kind, row.at, row.ref, row.data) if row else None


def delete_awaited(tx: Connection, address: Address, kind: str | None = None, ref: int | None = None) -> None:
    """Nothing is awaited any more; with ``kind`` (and ``ref``), unless something else is."""
    which = _is_in_chat(address)
    if kind is not None:
        which &= prompt_table.c.kind == kind
    if ref is not None:
        which &= prompt_table.c.ref == ref
    tx.execute(delete(prompt_table).where(which))


def _is_in_chat(address: Address) -> ColumnElement[bool]:
    return (prompt_table.c.messenger == address.messenger) & (prompt_table.c.address == address.id)
