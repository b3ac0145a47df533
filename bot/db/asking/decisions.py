"""Decisions about asking, with their reasons: why somebody was asked or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, union

from bot.db.asking.invitations import Invitation
from bot.db.asking.tables import decision_table, invitation_table
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import row_reader, row_writer
from bot.db.journeys.tables import visit_table
from bot.db.people.tables import customer_table
from cjm.asking.decision import AskingReason, AskingVerdict, Decision, Hold


@dataclass(frozen=True, slots=True)
class NewDecision:
    """Decision about one survey for one visit; ``until`` is when a hold is decided again.

    Without a visit it names its invitation.
    """

    visit_id: int | None
    customer_id: int
    survey: str
    verdict: AskingVerdict
    reason: AskingReason
    until: datetime | None
    at: datetime
    invitation_id: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Stored decision, with the place and the time of the visit that it is about.

    Without a visit (``is_visit`` is False) the time is that of its invitation, ``invitation_id``; one of a campaign was
    asked by hand.
    """

    journey: str
    subject: str
    visited_at: datetime
    survey: str
    verdict: AskingVerdict
    reason: AskingReason
    until: datetime | None
    at: datetime
    is_visit: bool = True
    visit_id: int | None = None
    invitation_id: int | None = None
    campaign_id: int | None = None


LATEST = 200  # decisions among which an example is sought: among all of them, it could take long
_INSERT = PreparedStatement(insert(decision_table))
_decision_columns = row_writer(NewDecision)
_SOURCES = decision_table.outerjoin(visit_table, visit_table.c.id == decision_table.c.visit_id).outerjoin(
    invitation_table, invitation_table.c.id == decision_table.c.invitation_id
)
_JOURNEY = func.coalesce(visit_table.c.journey, invitation_table.c.journey)
_JOINED = select(
    decision_table,
    _JOURNEY.label("journey"),
    func.coalesce(visit_table.c.touchpoint, visit_table.c.stage, invitation_table.c.subject).label("subject"),
    func.coalesce(visit_table.c.at, invitation_table.c.created_at).label("visited_at"),
    invitation_table.c.campaign_id,
).select_from(_SOURCES)

_record_from_row = row_reader(
    DecisionRecord,
    decision_table,
    journey=lambda row: row.journey,
    subject=lambda row: row.subject,
    visited_at=lambda row: row.visited_at,
    is_visit=lambda row: row.visit_id is not None,
    campaign_id=lambda row: row.campaign_id,
)


def make_new(
    decision: Decision,
    visit_id: int | None,
    customer_id: int,
    survey: str,
    at: datetime,
    invitation_id: int | None = None,
) -> NewDecision:
    """Return a decision of `cjm.asking` as it is to be stored."""
    until = decision.until if isinstance(decision, Hold) else None
    return NewDecision(visit_id, customer_id, survey, decision.verdict, decision.reason, until, at, invitation_id)


def make_new_of_invitation(invitation: Invitation, decision: Decision, at: datetime) -> NewDecision:
    """Return a decision about a stored invitation as it is to be stored."""
    own = invitation.id if invitation.visit_id is None else None
    return make_new(decision, invitation.visit_id, invitation.customer_id, invitation.survey, at, own)


def insert_decisions(tx: Connection, decisions: Sequence[NewDecision]) -> None:
    _INSERT.run_many(tx, [_decision_columns(decision) for decision in decisions])


def list_by_customer(tx: Connection, customer_id: int, limit: int = 50) -> list[DecisionRecord]:
    """Return a person's last decisions, the newest first."""
    theirs = _JOINED.where(decision_table.c.customer_id == customer_id).order_by(decision_table.c.id.desc())
    return [_record_from_row(row) for row in tx.execute(theirs.limit(limit))]


def list_by_event(tx: Connection, event_id: str) -> list[DecisionRecord]:
    """Return the latest decision of each survey about an event's visit."""
    about = _JOINED.where(visit_table.c.event_id == event_id).order_by(decision_table.c.id)
    latest = {row.survey: _record_from_row(row) for row in tx.execute(about)}  # a later row replaces an earlier one
    return list(latest.values())


def list_decided_events(tx: Connection, customer_ids: Sequence[int], surveys: Sequence[str]) -> set[str]:
    """Return the events of these people's visits about which one of the surveys was decided, to ask or not."""
    branches = [
        select(visit_table.c.event_id)
        .join(table, table.c.visit_id == visit_table.c.id)
        .where(table.c.customer_id.in_(customer_ids), table.c.survey.in_(surveys))
        for table in (decision_table, invitation_table)
    ]
    return set(tx.scalars(union(*branches)))


def find_latest_customer(tx: Connection, journeys: Sequence[str]) -> str | None:
    """Return the business's id of the person about whom was decided last on the journeys; None without one of late."""
    latest = select(decision_table).order_by(decision_table.c.id.desc()).limit(LATEST).subquery()
    theirs = (
        select(customer_table.c.external_id)
        .join(latest, latest.c.customer_id == customer_table.c.id)
        .outerjoin(visit_table, visit_table.c.id == latest.c.visit_id)
        .outerjoin(invitation_table, invitation_table.c.id == latest.c.invitation_id)
        .where(_JOURNEY.in_(journeys), customer_table.c.external_id.is_not(None))
        .order_by(latest.c.id.desc())
    )
    return tx.execute(theirs.limit(1)).scalar()
