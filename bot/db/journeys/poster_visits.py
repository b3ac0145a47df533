"""Visits by the codes of posters, as far as their number a day is bounded."""

from datetime import date

from sqlalchemy import func, select

from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from cjm.journeys.journey import POSTER_CHANNEL


def count_poster_visits(tx: Connection, journey: str, touchpoint: str, day: date) -> int:
    """Return how many visits by posters a touchpoint had on a day, withdrawn ones included."""
    is_meant = (visit_table.c.journey == journey) & (visit_table.c.day == day)
    is_there = (visit_table.c.touchpoint == touchpoint) & (visit_table.c.channel == POSTER_CHANNEL)
    return int(tx.scalar(select(func.count()).select_from(visit_table).where(is_meant, is_there)) or 0)
