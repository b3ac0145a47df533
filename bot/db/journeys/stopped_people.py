"""People who may not go on from a stage: those who wait there, and those who made no visit since.

`cjm.asking.triggers` decides about each of them by all their visits; these queries only leave out most others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.db.engine.database import Connection
from bot.db.journeys.tables import stage_entry_table, visit_table

_ZONES = timedelta(days=2)
"""Most that the day of a visit, in its journey's zone at that time, may be off its time in UTC."""


def list_waiting(tx: Connection, journey: str, stages: Sequence[str], first: datetime, last: datetime) -> list[int]:
    """Return the ids of those who entered one of these stages between two moments and have not gone on."""
    entry = stage_entry_table.c
    is_meant = (entry.journey == journey) & entry.stage.in_(stages) & entry.next_at.is_(None)
    waiting = select(entry.customer_id).where(is_meant, entry.at.between(first, last)).distinct()
    return sorted(tx.scalars(waiting))


def list_silent(tx: Connection, journey: str, first: datetime, last: datetime) -> list[int]:
    """Return the ids of those whose last visit on a journey was between two moments."""
    visit, later = visit_table.c, visit_table.alias("later")
    is_meant = (visit.journey == journey) & visit.day.between((first - _ZONES).date(), (last + _ZONES).date())
    is_later = (later.c.customer_id == visit.customer_id) & (later.c.journey == journey) & (later.c.at > visit.at)
    newer = select(later.c.id).where(is_later, later.c.withdrawn.is_(False)).exists()
    silent = select(visit.customer_id).where(
        is_meant, visit.withdrawn.is_(False), visit.at.between(first, last), ~newer
    )
    return sorted(tx.scalars(silent.distinct()))
