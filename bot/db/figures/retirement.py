"""Taking old rows away; their counts are the caller's care."""

from datetime import date

from sqlalchemy import delete

from bot.db.engine.database import Connection
from bot.db.engine.tables import answer_table, case_table, stage_entry_table, visit_table
from bot.db.figures.row_selection import RowSelection


def retire(tx: Connection, journey: str, before: date) -> None:
    """Delete a journey's visits, answers and closed cases of days before ``before``, with all that hangs on them."""
    old = RowSelection(before=before)
    tx.execute(delete(answer_table).where(answer_table.c.journey == journey, old.of(answer_table)))
    tx.execute(
        delete(case_table).where(case_table.c.journey == journey, old.of(case_table), case_table.c.state == "closed")
    )
    tx.execute(delete(stage_entry_table).where(stage_entry_table.c.journey == journey, old.of(stage_entry_table)))
    tx.execute(delete(visit_table).where(visit_table.c.journey == journey, old.of(visit_table)))
