"""First day of a journey on which anything was counted."""

from datetime import date

from sqlalchemy import func, select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection


def find_first_day(tx: Connection, journey: str) -> date | None:
    """Return the oldest day with a counter of a journey; None without any. The tables' key finds it at once."""
    first: date | None = tx.scalar(select(func.min(tally_table.c.day)).where(tally_table.c.journey == journey))
    return first
