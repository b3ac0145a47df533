"""Taking old rows away; their counts are the caller's care."""

from datetime import date

from sqlalchemy import delete

from bot.db.asking.tables import answer_table
from bot.db.cases.tables import case_table
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys.tables import stage_entry_table, visit_table


def delete_old_rows(tx: Connection, journey: str, before: date) -> None:
    """Delete a journey's visits, answers and closed cases of days before ``before``, with all that hangs on them."""
    old = RowSelection(before=before)
    tx.execute(delete(answer_table).where(answer_table.c.journey == journey, old.condition(answer_table)))
    tx.execute(
        delete(case_table).where(
            case_table.c.journey == journey, old.condition(case_table), case_table.c.state == "closed"
        )
    )
    tx.execute(
        delete(stage_entry_table).where(stage_entry_table.c.journey == journey, old.condition(stage_entry_table))
    )
    tx.execute(delete(visit_table).where(visit_table.c.journey == journey, old.condition(visit_table)))
