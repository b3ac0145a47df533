"""What a message with buttons shows: its parameters, so that a button needs only an id and works after weeks.

A view belongs to the chat it was made for; a button of it that is pressed anywhere else finds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.db.delivery.tables import view_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import insert
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class StoredView:
    id: int
    kind: str
    data: Mapping[str, Any]


def insert_view(tx: Connection, kind: str, owner: Address, data: Mapping[str, Any], now: datetime) -> int:
    values = {"kind": kind, "owner": str(owner), "data": dict(data), "at": now}
    return int(tx.execute(insert(tx, view_table).values(values).returning(view_table.c.id)).scalar_one())


def find(tx: Connection, view_id: int, owner: Address, kind: str, *, for_update: bool = False) -> StoredView | None:
    """None unless the view is of this kind and of this chat; ``to_change`` locks it until the transaction ends."""
    mine = (view_table.c.id == view_id) & (view_table.c.owner == str(owner)) & (view_table.c.kind == kind)
    wanted = select(view_table).where(mine)
    found = tx.execute(wanted.with_for_update() if for_update else wanted).first()
    return StoredView(found.id, found.kind, found.data) if found else None


def update_view(tx: Connection, view_id: int, data: Mapping[str, Any], now: datetime) -> None:
    tx.execute(update(view_table).where(view_table.c.id == view_id).values(data=dict(data), at=now))


def readdress(tx: Connection, old: Address, new: Address) -> None:
    """A group has another id from now on."""
    tx.execute(update(view_table).where(view_table.c.owner == str(old)).values(owner=str(new)))


def delete_before(tx: Connection, before: datetime) -> None:
    """Forget what nobody has touched since then; its buttons say kindly that they are too old."""
    tx.execute(delete(view_table).where(view_table.c.at < before))
