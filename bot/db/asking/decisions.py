"""Decisions about asking, as they were stored: why somebody was or was not asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.db.asking.tables import decision_table
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision about one visit: ``verdict`` is ask, hold or skip, ``until`` is when a hold is looked at again."""

    journey: str
    subject: str
    visited_at: datetime
    survey: str
    verdict: str
    reason: str
    until: datetime | None
    at: datetime


def list_by_customer(tx: Connection, customer_id: int, limit: int = 50) -> list[DecisionRecord]:
    """A person's last decisions, the newest first."""
    subject = (visit_table.c.touchpoint, visit_table.c.stage)
    columns = (
        decision_table.c.survey,
        decision_table.c.verdict,
        decision_table.c.reason,
        decision_table.c.until,
        decision_table.c.at,
    )
    wanted = (
        select(visit_table.c.journey, *subject, visit_table.c.at.label("visited_at"), *columns)
        .join(visit_table, visit_table.c.id == decision_table.c.visit_id)
        .where(decision_table.c.customer_id == customer_id)
        .order_by(decision_table.c.id.desc())
        .limit(limit)
    )
    return [
        DecisionRecord(r.journey, r.touchpoint or r.stage, r.visited_at, r.survey, r.verdict, r.reason, r.until, r.at)
        for r in tx.execute(wanted)
    ]
