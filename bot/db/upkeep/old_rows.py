"""Deleting old rows, once their counts are settled."""

from datetime import date

from sqlalchemy import delete

from bot.db.asking.tables import answer_table
from bot.db.cases.tables import case_table
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys.tables import stage_entry_table, visit_table
from cjm.cases.case import CaseState


def delete_old_rows(tx: Connection, journey: str, before: date) -> None:
    """Delete a journey's visits, answers and closed cases of days before ``before``, with all that hangs on them.

    Settle their counters first: deleted rows cannot be counted any more.
    """
    old = RowSelection(before=before)
    conditions = {table: (table.c.journey == journey) & old.condition(table) for table in _TABLES}
    conditions[case_table] &= case_table.c.state == CaseState.CLOSED
    for table, is_old in conditions.items():
        tx.execute(delete(table).where(is_old))


_TABLES = (answer_table, case_table, stage_entry_table, visit_table)  # visits last: answers hang on them
