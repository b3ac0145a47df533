"""Taking old rows away; their counts are the caller's care."""

from datetime import date

from sqlalchemy import delete

from bot.db.engine.database import Connection
from bot.db.engine.rows import answer, case, stage_entry, visit
from bot.db.figures.row_selection import RowSelection


def retire(tx: Connection, journey: str, before: date) -> None:
    """Delete a journey's visits, answers and closed cases of days before ``before``, with all that hangs on them."""
    old = RowSelection(before=before)
    tx.execute(delete(answer).where(answer.c.journey == journey, old.of(answer)))
    tx.execute(delete(case).where(case.c.journey == journey, old.of(case), case.c.state == "closed"))
    tx.execute(delete(stage_entry).where(stage_entry.c.journey == journey, old.of(stage_entry)))
    tx.execute(delete(visit).where(visit.c.journey == journey, old.of(visit)))
