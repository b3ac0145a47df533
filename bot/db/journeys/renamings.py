"""Renamings of stages and touchpoints, as the versions of their journeys tell them."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from bot.db.engine.database import Connection
from bot.db.journeys.tables import renaming_table
from cjm.asking.subject_names import Renaming, SubjectHistory


def insert_renamings(tx: Connection, renamings: Sequence[Renaming]) -> None:
    if renamings:
        tx.execute(insert(renaming_table), [one._asdict() for one in renamings])


def read_history(tx: Connection) -> SubjectHistory:
    """Return all renamings of all journeys: there are few, as a person writes each of them into a file."""
    rows = tx.execute(select(renaming_table))
    return SubjectHistory(Renaming(row.journey, row.version, row.old, row.new) for row in rows)
