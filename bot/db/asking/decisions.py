"""Decisions about asking, as they were stored: why somebody was or was not asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.db.engine.database import Connection
from bot.db.engine.rows import decision, visit


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


def of_customer(tx: Connection, customer_id: int, most: int = 50) -> list[DecisionRecord]:
    """A person's last decisions, the newest first."""
    subject = (visit.c.touchpoint, visit.c.stage)
    columns = (decision.c.survey, decision.c.verdict, decision.c.reason, decision.c.until, decision.c.at)
    wanted = (
        select(visit.c.journey, *subject, visit.c.at.label("visited_at"), *columns)
        .join(visit, visit.c.id == decision.c.visit_id)
        .where(decision.c.customer_id == customer_id)
        .order_by(decision.c.id.desc())
        .limit(most)
    )
    return [
        DecisionRecord(r.journey, r.touchpoint or r.stage, r.visited_at, r.survey, r.verdict, r.reason, r.until, r.at)
        for r in tx.execute(wanted)
    ]
