"""Managers who opened a link. Those of the settings need no row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select

from bot.db.engine.database import Connection
from bot.db.engine.rows import address_reader, row_reader
from bot.db.engine.upsert import insert
from bot.db.people.tables import manager_table
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody who may ask for maps; ``journeys`` None means all of them."""

    id: int
    address: Address
    name: str
    language: str | None
    journeys: tuple[str, ...] | None
    added_by: str | None
    added_at: datetime


def find_by_address(tx: Connection, address: Address) -> Manager | None:
    row = tx.execute(select(manager_table).where(_has_address(address))).first()
    return _manager_from_row(row) if row else None


def list_all(tx: Connection) -> list[Manager]:
    """Return all managers who have a row, the longest known first."""
    return [_manager_from_row(row) for row in tx.execute(select(manager_table).order_by(manager_table.c.id))]


def has_any(tx: Connection) -> bool:
    """Return whether anybody is a manager by a link."""
    return tx.execute(select(manager_table.c.id).limit(1)).first() is not None


def save(
    tx: Connection,
    address: Address,
    *,
    name: str,
    language: str | None,
    journeys: Sequence[str] | None,
    added_by: str | None,
    now: datetime,
) -> None:
    """Make somebody a manager; of one who is known already, change the name and the journeys only."""
    values = {
        "messenger": address.messenger,
        "address": address.id,
        "name": name[:128],
        "language": language,
        "journeys": None if journeys is None else list(journeys),
        "added_by": added_by,
        "added_at": now,
    }
    # The language, ``added_by`` and ``added_at`` stay as they were first.
    changes = {key: values[key] for key in ("name", "journeys")}
    statement = insert(tx, manager_table).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=["messenger", "address"], set_=changes))


def delete_manager(tx: Connection, manager_id: int) -> None:
    tx.execute(delete(manager_table).where(manager_table.c.id == manager_id))


def _has_address(address: Address) -> ColumnElement[bool]:
    return (manager_table.c.messenger == address.messenger) & (manager_table.c.address == address.id)


def _journeys_from_row(row: Row[Any]) -> tuple[str, ...] | None:
    return None if row.journeys is None else tuple(row.journeys)


_manager_from_row = row_reader(
    Manager, manager_table, address=address_reader(manager_table), journeys=_journeys_from_row
)
