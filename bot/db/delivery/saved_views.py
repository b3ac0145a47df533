"""Saved views: choices of a map that a chat keeps under a name.

* A name is unique in its chat; names that differ only in the case of letters are the same.
* A deleted view is kept for a while, so that the deletion can be taken back; `delete_before` ends that.
* At most one view of a journey is used for the weekly digest of a chat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update

from bot.db.delivery.tables import saved_view_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import insert
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class SavedView:
    """View as it was saved; ``former_name`` is its name before it was renamed, so that this can be taken back."""

    id: int
    name: str
    journey: str
    data: Mapping[str, Any]
    for_digest: bool = False
    former_name: str | None = None


def insert_view(tx: Connection, owner: Address, name: str, journey: str, data: Mapping[str, Any], now: datetime) -> int:
    values = {"owner": str(owner), "name": name, "folded": name.casefold(), "journey": journey, "data": dict(data)}
    statement = insert(tx, saved_view_table).values(**values, at=now).returning(saved_view_table.c.id)
    return int(tx.execute(statement).scalar_one())


def find(tx: Connection, saved_id: int, owner: Address, *, is_deleted: bool = False) -> SavedView | None:
    """Return a view of this chat, by default one that is not deleted."""
    is_there = saved_view_table.c.deleted_at.is_not(None) if is_deleted else _is_kept(owner)
    is_meant = (saved_view_table.c.id == saved_id) & (saved_view_table.c.owner == str(owner)) & is_there
    row = tx.execute(select(saved_view_table).where(is_meant)).first()
    return _view_from_row(row) if row else None


def find_by_name(tx: Connection, owner: Address, name: str) -> SavedView | None:
    is_meant = _is_kept(owner) & (saved_view_table.c.folded == name.casefold())
    row = tx.execute(select(saved_view_table).where(is_meant)).first()
    return _view_from_row(row) if row else None


def find_for_digest(tx: Connection, owner: Address, journey: str) -> SavedView | None:
    """Return the view that the weekly digest of a journey is made with in a chat; None for the whole journey."""
    is_meant = _is_kept(owner) & (saved_view_table.c.journey == journey) & saved_view_table.c.for_digest
    row = tx.execute(select(saved_view_table).where(is_meant).order_by(saved_view_table.c.id)).first()
    return _view_from_row(row) if row else None


def list_by_owner(tx: Connection, owner: Address) -> list[SavedView]:
    """Return the views of a chat by name."""
    kept = select(saved_view_table).where(_is_kept(owner)).order_by(saved_view_table.c.folded)
    return [_view_from_row(row) for row in tx.execute(kept)]


def count_by_owner(tx: Connection, owner: Address) -> int:
    return int(tx.execute(select(func.count()).select_from(saved_view_table).where(_is_kept(owner))).scalar_one())


def rename(tx: Connection, saved: SavedView, name: str) -> None:
    """Give a view another name; the one before is kept as the former name."""
    _update(tx, saved.id, name=name, folded=name.casefold(), former_name=saved.name)


def delete_view(tx: Connection, saved_id: int, now: datetime) -> None:
    """Delete a view; no digest is made with it any more, also if it is restored."""
    _update(tx, saved_id, deleted_at=now, for_digest=False)


def restore(tx: Connection, saved_id: int) -> None:
    _update(tx, saved_id, deleted_at=None)


def use_for_digest(tx: Connection, owner: Address, saved: SavedView, *, is_used: bool) -> None:
    """Make the weekly digest with a view instead of another one of its journey, or with none."""
    same = _is_kept(owner) & (saved_view_table.c.journey == saved.journey)
    tx.execute(update(saved_view_table).where(same).values(for_digest=False))
    if is_used:
        _update(tx, saved.id, for_digest=True)


def readdress(tx: Connection, old: Address, new: Address) -> None:
    """Give the views of chat ``old`` to chat ``new``, which gets no name twice."""
    taken = select(saved_view_table.c.folded).where(_is_kept(new)).scalar_subquery()
    mine = (saved_view_table.c.owner == str(old)) & saved_view_table.c.folded.not_in(taken)
    tx.execute(update(saved_view_table).where(mine).values(owner=str(new)))


def delete_by_owner(tx: Connection, owner: Address) -> None:
    """Delete for good all views of a chat, also those whose deletion could be taken back."""
    tx.execute(delete(saved_view_table).where(saved_view_table.c.owner == str(owner)))


def delete_before(tx: Connection, before: datetime) -> None:
    """Delete for good what was deleted before this time."""
    tx.execute(delete(saved_view_table).where(saved_view_table.c.deleted_at < before))


def _update(tx: Connection, saved_id: int, **values: Any) -> None:
    tx.execute(update(saved_view_table).where(saved_view_table.c.id == saved_id).values(**values))


def _is_kept(owner: Address) -> ColumnElement[bool]:
    return (saved_view_table.c.owner == str(owner)) & saved_view_table.c.deleted_at.is_(None)


def _view_from_row(row: Row[Any]) -> SavedView:
    return SavedView(row.id, row.name, row.journey, row.data, row.for_digest, row.former_name)
