"""Drafts of journeys: one file a journey that is kept and not in force, with who keeps it and since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader, row_writer
from bot.db.engine.upsert import insert
from bot.db.journeys.tables import journey_draft_table


@dataclass(frozen=True, slots=True)
class JourneyDraft:
    """File of a journey that waits to be applied. ``saved_by`` is an account or a program, or a keyed hash."""

    key: str
    source: str
    saved_by: str
    saved_at: datetime


_draft_from_row = row_reader(JourneyDraft, journey_draft_table)
_draft_columns = row_writer(JourneyDraft)


def list_all(tx: Connection) -> Mapping[str, JourneyDraft]:
    """Return all drafts, by the journey's key."""
    rows = tx.execute(select(journey_draft_table).order_by(journey_draft_table.c.key))
    return {row.key: _draft_from_row(row) for row in rows}


def find_by_key(tx: Connection, key: str) -> JourneyDraft | None:
    """Return the draft of a journey, if there is one."""
    row = tx.execute(select(journey_draft_table).where(journey_draft_table.c.key == key)).first()
    return _draft_from_row(row) if row else None


def save(tx: Connection, draft: JourneyDraft) -> None:
    """Keep a draft in the place of the one that its journey has."""
    columns = _draft_columns(draft)
    changes = {name: value for name, value in columns.items() if name != "key"}
    statement = insert(tx, journey_draft_table).values(columns)
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes))


def delete_draft(tx: Connection, key: str) -> None:
    tx.execute(delete(journey_draft_table).where(journey_draft_table.c.key == key))
