"""Visits by the codes of posters, as far as their number a day is bounded."""

from datetime import date

from sqlalchemy import func, select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from cjm.figures.tally import VISITS
from cjm.journeys.journey import POSTER_CHANNEL


def count_poster_visits(tx: Connection, journey: str, touchpoint: str, day: date) -> int:
    """Return how many visits by posters are counted at a touchpoint on a day, also of people who are forgotten since.

    Their rows are gone: counted by rows, an account that has itself forgotten after each scan would have no limit.
    """
    table = tally_table.c
    is_there = (table.journey == journey) & (table.day == day) & (table.subject == touchpoint)
    is_meant = is_there & (table.measure == VISITS) & (table.channel == POSTER_CHANNEL)
    return int(tx.scalar(select(func.sum(table.n)).where(is_meant)) or 0)
