"""Counts of cases in a period, for the digest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.db.cases.tables import case_table
from bot.db.engine.database import Connection
from cjm.cases.case import CaseKind


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """Complaints and questions of a journey; ``waiting`` ones are unanswered, the oldest of them since ``since``."""

    opened: int
    closed: int
    waiting: int
    since: datetime | None


def count_cases(tx: Connection, journey: str, first: datetime, last: datetime) -> CaseCounts:
    """Count what was opened and closed from ``first`` to before ``last``, and what waits at ``last``.

    A case without a journey counts with every journey: somebody has to look at it.
    """
    ours = (case_table.c.kind != CaseKind.PRAISE) & or_(case_table.c.journey == journey, case_table.c.journey.is_(None))

    def count(condition: ColumnElement[bool]) -> int:
        return tx.scalar(select(func.count()).select_from(case_table).where(ours, condition)) or 0

    is_there = case_table.c.opened_at < last
    is_unanswered = or_(case_table.c.answered_at.is_(None), case_table.c.answered_at >= last)
    is_open = or_(case_table.c.closed_at.is_(None), case_table.c.closed_at >= last)
    is_waiting = and_(is_there, is_unanswered, is_open)
    return CaseCounts(
        opened=count(and_(is_there, case_table.c.opened_at >= first)),
        closed=count(and_(case_table.c.closed_at >= first, case_table.c.closed_at < last)),
        waiting=count(is_waiting),
        since=tx.scalar(select(func.min(case_table.c.opened_at)).where(ours, is_waiting)),
    )
