"""Invitations: that we asked, or mean to; and the decisions that led there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from bot.db import tallies
from bot.db.customers import CHUNK
from bot.db.engine import Connection
from bot.db.rows import OPEN_STATES, decision, mute, response, visit
from bot.db.rows import invitation as row
from cjm.asking import Reason
from cjm.tally import ANSWERED, DECLINED, IGNORED, INVITED, Counter, Move, Sums, taken_back

_UNSENT = ("waiting", "reserved", "dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    customer_id: int
    visit_id: int
    journey: str
    version: int
    survey: str
    subject: str
    stage: str
    channel: str
    cohort_id: int
    day: date
    nps: bool
    due_at: datetime
    not_after: datetime
    created_at: datetime
    state: str = "waiting"
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation(NewInvitation):
    id: int
    language: str | None
    sent_at: datetime | None
    expires_at: datetime | None
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewDecision:
    visit_id: int
    customer_id: int
    survey: str
    verdict: str  # ask | hold | skip
    reason: str
    until: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredDecision:
    survey: str
    verdict: str
    reason: str
    until: datetime | None
    at: datetime


def _invitation(r: Row[Any]) -> Invitation:
    return Invitation(**r._mapping)


def insert_invitations(tx: Connection, invitations: Sequence[NewInvitation]) -> None:
    if invitations:
        tx.execute(insert(row), [asdict(i) for i in invitations])


def insert_decisions(tx: Connection, decisions: Sequence[NewDecision]) -> None:
    if decisions:
        tx.execute(insert(decision), [asdict(d) for d in decisions])


def decisions_about(tx: Connection, event_id: str) -> list[StoredDecision]:
    """The latest decision of each survey about an event's visit."""
    columns = (decision.c.survey, decision.c.verdict, decision.c.reason, decision.c.until, decision.c.at)
    found = tx.execute(
        select(*columns)
        .join(visit, visit.c.id == decision.c.visit_id)
        .where(visit.c.event_id == event_id)
        .order_by(decision.c.id)
    )
    return list({r.survey: StoredDecision(*r) for r in found}.values())


def by_id(tx: Connection, invitation_id: int) -> Invitation | None:
    found = tx.execute(select(row).where(row.c.id == invitation_id)).first()
    return _invitation(found) if found else None


def due(tx: Connection, now: datetime, limit: int = 200) -> list[Invitation]:
    """Invitations that wait and whose time has come, the longest waiting first."""
    waiting = select(row).where(row.c.state == "waiting", row.c.due_at <= now).order_by(row.c.due_at, row.c.id)
    return [_invitation(r) for r in tx.execute(waiting.limit(limit))]


def next_moment(tx: Connection, after: datetime, remind_after: timedelta) -> datetime | None:
    """When, after ``after``, the next invitation is looked at again, reminded of, or expires."""

    def first(moment: ColumnElement[datetime], *which: ColumnElement[bool]) -> datetime | None:
        found: datetime | None = tx.scalar(select(func.min(moment)).where(moment > after, *which))
        return found

    silent = row.c.state == "open", row.c.reminded_at.is_(None), row.c.sent_at > after - remind_after
    sent = tx.scalar(select(func.min(row.c.sent_at)).where(*silent))
    moments = [
        first(row.c.due_at, row.c.state == "waiting"),
        first(row.c.expires_at, row.c.state.in_(("open", "answering"))),
        sent + remind_after if sent is not None else None,
    ]
    return min((m for m in moments if m is not None), default=None)


def of_visits(tx: Connection, visit_ids: Sequence[int], states: Sequence[str]) -> list[Invitation]:
    return [
        _invitation(r) for r in tx.execute(select(row).where(row.c.visit_id.in_(visit_ids), row.c.state.in_(states)))
    ]


def in_states(tx: Connection, states: Sequence[str]) -> list[Invitation]:
    return [_invitation(r) for r in tx.execute(select(row).where(row.c.state.in_(states)).order_by(row.c.id))]


def open_of(tx: Connection, customer_id: int) -> Invitation | None:
    """The one invitation that is open or on its way to this person."""
    found = tx.execute(select(row).where(row.c.customer_id == customer_id, row.c.state.in_(OPEN_STATES))).first()
    return _invitation(found) if found else None


def set_state(tx: Connection, invitation_id: int, state: str, *, reason: str | None = None, **columns: Any) -> None:
    """Move an invitation on (with more columns of `rows.invitation` by name); the counters of silence follow."""
    change = update(row).where(row.c.id == invitation_id).values(state=state, reason=reason, **columns)
    if state in _UNSENT:  # nobody has seen it, so it counts for nothing before and after
        tx.execute(change)
        return
    before = _of_one(tx, invitation_id)
    tx.execute(change)
    tallies.move(tx, [*taken_back(before), *_of_one(tx, invitation_id)])


def recounted(tx: Connection, invitation_id: int, change: Any) -> None:
    """Run ``change()`` (the response began, its first answer came) and let the invitation's counters follow."""
    before = _of_one(tx, invitation_id)
    change()
    tallies.move(tx, [*taken_back(before), *_of_one(tx, invitation_id)])


def postpone(tx: Connection, invitation_id: int, until: datetime, reason: Reason) -> None:
    tx.execute(update(row).where(row.c.id == invitation_id).values(due_at=until, reason=reason.value))


def wake(tx: Connection, customer_id: int, now: datetime) -> None:
    """Look again now at what waits for this person: he has just given his consent, or come back."""
    tx.execute(update(row).where(row.c.customer_id == customer_id, row.c.state == "waiting").values(due_at=now))


# ---- facts for asking ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One earlier question to a person, delivered or on its way."""

    subject: str
    nps: bool
    at: datetime
    open: bool


def asked(tx: Connection, customer_ids: Iterable[int], now: datetime, longest: timedelta) -> dict[int, list[Asked]]:
    """What each of these people was asked within ``longest``, and what is open."""
    people = sorted(set(customer_ids))
    found: dict[int, list[Asked]] = {person: [] for person in people}
    for start in range(0, len(people), CHUNK):
        recent = row.c.sent_at.is_(None) | (row.c.sent_at >= now - longest)
        counting = row.c.state.not_in(("waiting", "dropped")) & recent
        columns = (row.c.customer_id, row.c.subject, row.c.nps, row.c.sent_at, row.c.state)
        for r in tx.execute(select(*columns).where(row.c.customer_id.in_(people[start : start + CHUNK]), counting)):
            found[r.customer_id].append(Asked(r.subject, r.nps, r.sent_at or now, r.state in OPEN_STATES))
    return found


def mutes(tx: Connection, customer_ids: Iterable[int]) -> dict[int, dict[str, datetime | None]]:
    """What each of these people does not want to be asked about: subject ("" is everything) -> until, None for good."""
    people = sorted(set(customer_ids))
    found: dict[int, dict[str, datetime | None]] = {person: {} for person in people}
    for start in range(0, len(people), CHUNK):
        for r in tx.execute(select(mute).where(mute.c.customer_id.in_(people[start : start + CHUNK]))):
            found[r.customer_id][r.subject] = r.until
    return found


# ---- what invitations contribute to the counters ---------------------------------------------------------------------


def _moves(found: Iterable[Row[Any]]) -> list[Move]:
    moves = []
    for r in found:
        measures: Mapping[str, bool] = {
            INVITED: r.sent_at is not None,
            ANSWERED: r.started_at is not None,
            DECLINED: r.state == "declined",
            IGNORED: r.state == "expired" and r.started_at is None,
        }
        moves += [
            (Counter(r.journey, r.day, r.subject, measure, "", r.cohort_id, r.channel), Sums())
            for measure, counts in measures.items()
            if counts
        ]
    return moves


_WITH_RESPONSE = select(row, response.c.started_at).select_from(
    row.outerjoin(response, response.c.invitation_id == row.c.id)
)


def _of_one(tx: Connection, invitation_id: int) -> list[Move]:
    return _moves(tx.execute(_WITH_RESPONSE.where(row.c.id == invitation_id)))


def contributions(tx: Connection, journey: str, customer_id: int | None = None) -> list[Move]:
    """What a journey's invitations (or those to one person) contribute, counted from the rows."""
    which = row.c.journey == journey
    if customer_id is not None:
        which &= row.c.customer_id == customer_id
    return _moves(tx.execute(_WITH_RESPONSE.where(which)))
