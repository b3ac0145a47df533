"""Decisions about asking, with their reasons: why somebody was asked or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from bot.db.asking.tables import decision_table
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader, row_writer
from bot.db.journeys.tables import visit_table
from cjm.asking.decision import AskingReason, AskingVerdict


@dataclass(frozen=True, slots=True)
class NewDecision:
    """Decision about one survey for one visit; ``until`` is when a hold is decided again."""

    visit_id: int
    customer_id: int
    survey: str
    verdict: AskingVerdict
    reason: AskingReason
    until: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Stored decision, with the place and the time of the visit that it is about."""

    journey: str
    subject: str
    visited_at: datetime
    survey: str
    verdict: AskingVerdict
    reason: AskingReason
    until: datetime | None
    at: datetime


_INSERT = insert(decision_table)
_decision_columns = row_writer(NewDecision)
_JOINED = select(
    decision_table,
    visit_table.c.journey,
    visit_table.c.touchpoint,
    visit_table.c.stage,
    visit_table.c.at.label("visited_at"),
).join(visit_table, visit_table.c.id == decision_table.c.visit_id)

_record_from_row = row_reader(
    DecisionRecord,
    decision_table,
    journey=lambda row: row.journey,
    subject=lambda row: row.touchpoint or row.stage,
    visited_at=lambda row: row.visited_at,
)


def insert_decisions(tx: Connection, decisions: Sequence[NewDecision]) -> None:
    if decisions:
        tx.execute(_INSERT, [_decision_columns(decision) for decision in decisions])


def list_by_customer(tx: Connection, customer_id: int, limit: int = 50) -> list[DecisionRecord]:
    """Return a person's last decisions, the newest first."""
    theirs = _JOINED.where(decision_table.c.customer_id == customer_id).order_by(decision_table.c.id.desc())
    return [_record_from_row(row) for row in tx.execute(theirs.limit(limit))]


def list_by_event(tx: Connection, event_id: str) -> list[DecisionRecord]:
    """Return the latest decision of each survey about an event's visit."""
    about = _JOINED.where(visit_table.c.event_id == event_id).order_by(decision_table.c.id)
    latest = {row.survey: _record_from_row(row) for row in tx.execute(about)}  # a later row replaces an earlier one
    return list(latest.values())
