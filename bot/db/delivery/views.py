"""Views: the parameters of a message with buttons, so that a button needs only an id and works after weeks.

A draft (`bot.db.cases.drafts`) is stored in the same table.

A view belongs to the chat that it was made for: a button that is pressed anywhere else finds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update

from bot.db.delivery.tables import view_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import insert
from cjm.address import Address


class ViewKind(StrEnum):
    """Feature that stored a view and knows its data; the values are stored, so they keep their first names."""

    MAP = "look"
    DIGEST = "digest"
    DRAFT = "draft"
    TEAM = "team"  # chat that may become a team's, while the team is chosen
    MANAGER = "managers"  # manager to be invited, while their journeys are chosen
    PROPOSAL = "proposal"  # changed journey file that waits for a yes
    FILES = "files"  # list of the journeys' files
    CAMPAIGN = "campaign"  # list of the surveys that can be asked by hand
    EXPORT = "export"  # list of the journeys whose rows can be exported
    CHANGE = "change"  # change of a team while it is being planned


@dataclass(frozen=True, slots=True)
class StoredView:
    """Stored view; ``kind`` names the feature that made it and knows its ``data``."""

    id: int
    kind: ViewKind
    data: Mapping[str, Any]


def insert_view(tx: Connection, kind: ViewKind, owner: Address, data: Mapping[str, Any], now: datetime) -> int:
    values = {"kind": kind, "owner": str(owner), "data": dict(data), "at": now}
    return int(tx.execute(insert(tx, view_table).values(values).returning(view_table.c.id)).scalar_one())


def find(
    tx: Connection, view_id: int, owner: Address, kind: ViewKind, *, for_update: bool = False
) -> StoredView | None:
    """Return a view of this kind and chat, else None; ``for_update`` locks it until the end of the transaction."""
    mine = (view_table.c.id == view_id) & (view_table.c.owner == str(owner)) & (view_table.c.kind == kind)
    wanted = select(view_table).where(mine)
    row = tx.execute(wanted.with_for_update() if for_update else wanted).first()
    return StoredView(row.id, kind, row.data) if row else None


def update_view(tx: Connection, view_id: int, data: Mapping[str, Any], now: datetime) -> None:
    tx.execute(update(view_table).where(view_table.c.id == view_id).values(data=dict(data), at=now))


def readdress(tx: Connection, old: Address, new: Address) -> None:
    """Give the views of chat ``old`` to chat ``new``."""
    tx.execute(update(view_table).where(view_table.c.owner == str(old)).values(owner=str(new)))


def delete_before(tx: Connection, before: datetime) -> None:
    """Delete views not changed since then and drafts begun before; their buttons then say that they are too old."""
    tx.execute(delete(view_table).where(view_table.c.at < before))
