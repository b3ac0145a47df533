"""Changes that teams plan and make, one row each. A dropped change stays, so that it can be restored."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.db.changes.tables import change_table
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader, row_writer
from bot.db.engine.upsert import insert
from cjm.cases.team_change import TeamChange


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTeamChange:
    """Change before it is stored."""

    journey: str
    subject: str
    question: str | None
    option: str | None
    title: str
    owner: str
    due: date
    planned_at: datetime
    made_on: date | None = None


_change_from_row = row_reader(TeamChange, change_table)
_change_columns = row_writer(NewTeamChange)


def insert_change(tx: Connection, new: NewTeamChange) -> int:
    """Store a change and return its id."""
    statement = insert(tx, change_table).values(_change_columns(new)).returning(change_table.c.id)
    return int(tx.execute(statement).scalar_one())


def find_by_id(tx: Connection, change_id: int, *, for_update: bool = False) -> TeamChange | None:
    """Return a change; with ``for_update`` others who want to change it wait until the end of ``tx``."""
    wanted = select(change_table).where(change_table.c.id == change_id)
    row = tx.execute(wanted.with_for_update() if for_update else wanted).first()
    return _change_from_row(row) if row else None


def list_by_journeys(tx: Connection, journeys: Collection[str]) -> list[TeamChange]:
    """Return the changes of journeys that are not dropped, in the order in which they were planned."""
    is_meant = change_table.c.journey.in_(journeys) & change_table.c.dropped_at.is_(None)
    return [_change_from_row(row) for row in tx.execute(select(change_table).where(is_meant).order_by("id"))]


def list_all(tx: Connection, journey: str) -> list[TeamChange]:
    """Return all changes of a journey, dropped ones too, in the order in which they were planned."""
    wanted = select(change_table).where(change_table.c.journey == journey).order_by("id")
    return [_change_from_row(row) for row in tx.execute(wanted)]


def list_dropped(tx: Connection, journeys: Collection[str], since: datetime) -> list[TeamChange]:
    """Return the changes of journeys that were dropped since a time, the last one first."""
    c = change_table.c
    is_meant = c.journey.in_(journeys) & (c.dropped_at >= since)
    found = tx.execute(select(change_table).where(is_meant).order_by(c.dropped_at.desc(), c.id.desc()))
    return [_change_from_row(row) for row in found]


def count_planned(tx: Connection, journey: str) -> int:
    """Return how many changes of a journey are neither made nor dropped."""
    c = change_table.c
    is_planned = (c.journey == journey) & c.made_on.is_(None) & c.dropped_at.is_(None)
    return tx.scalar(select(func.count()).select_from(change_table).where(is_planned)) or 0


def save_made(tx: Connection, change_id: int, made_on: date | None) -> None:
    """Store the day on which a change was made; None: it is planned again."""
    _update(tx, change_id, made_on=made_on)


def save_due(tx: Connection, change_id: int, due: date, former: date | None) -> None:
    """Store another due day, and the one before it."""
    _update(tx, change_id, due=due, former_due=former)


def save_dropped(tx: Connection, change_id: int, dropped_at: datetime | None) -> None:
    """Drop a change, or with None restore it."""
    _update(tx, change_id, dropped_at=dropped_at)


def _update(tx: Connection, change_id: int, **values: Any) -> None:
    tx.execute(update(change_table).where(change_table.c.id == change_id).values(values))
