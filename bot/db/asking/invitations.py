"""Invitations: that we asked, or mean to; and the decisions that led there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, insert, select, text, update

from bot.db.asking.tables import decision_table, invitation_table, mute_table, response_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from bot.db.people.customers import CHUNK
from cjm.asking.invitation_state import OPEN_STATES
from cjm.figures.tally import ANSWERED, DECLINED, IGNORED, INVITED, CounterKey, CounterSums, Move, reverse_moves


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


class CountedInvitation(NamedTuple):
    """What an invitation counts for: the invitation, and whether anything was answered to it."""

    invitation: Invitation
    answered: bool


class WaitingUpdate(NamedTuple):
    """What was decided about an invitation that waits: "waiting" on until ``due_at``, "reserved" or "dropped"."""

    invitation_id: int
    state: str
    reason: str | None
    due_at: datetime


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


_NAMES = tuple(c.name for c in invitation_table.c)
_NEW = tuple(f.name for f in fields(NewInvitation))
_DECIDED = tuple(f.name for f in fields(NewDecision))
_INSERT, _DECIDE = insert(invitation_table), insert(decision_table)
_SAVE = update(invitation_table).where(
    invitation_table.c.id == bindparam("which")
)  # statements that every tap needs are made once


def invitation_from_row(columns: Sequence[Any]) -> Invitation:
    """The invitation in a row of the whole table."""
    return Invitation(**dict(zip(_NAMES, columns, strict=True)))


def insert_invitations(tx: Connection, invitations: Sequence[NewInvitation]) -> None:
    if invitations:
        tx.execute(_INSERT, [{name: getattr(i, name) for name in _NEW} for i in invitations])


def insert_decisions(tx: Connection, decisions: Sequence[NewDecision]) -> None:
    if decisions:
        tx.execute(_DECIDE, [{name: getattr(d, name) for name in _DECIDED} for d in decisions])


def list_decisions_by_event(tx: Connection, event_id: str) -> list[StoredDecision]:
    """The latest decision of each survey about an event's visit."""
    columns = (
        decision_table.c.survey,
        decision_table.c.verdict,
        decision_table.c.reason,
        decision_table.c.until,
        decision_table.c.at,
    )
    found = tx.execute(
        select(*columns)
        .join(visit_table, visit_table.c.id == decision_table.c.visit_id)
        .where(visit_table.c.event_id == event_id)
        .order_by(decision_table.c.id)
    )
    return list({r.survey: StoredDecision(*r) for r in found}.values())


def find_by_id(tx: Connection, invitation_id: int) -> Invitation | None:
    found = tx.execute(select(invitation_table).where(invitation_table.c.id == invitation_id)).first()
    return invitation_from_row(found) if found else None


def lock_invited_customer(tx: Connection, invitation_id: int) -> None:
    """Writers about the person of this invitation wait for each other from here on (on SQLite there is only one)."""
    if tx.dialect.name == "postgresql":
        tx.execute(_LOCK, {"id": invitation_id})


_LOCK = text("SELECT id FROM customer WHERE id = (SELECT customer_id FROM invitation WHERE id = :id) FOR UPDATE")


def list_due(tx: Connection, now: datetime, limit: int = 200) -> list[Invitation]:
    """Invitations that wait and whose time has come, the longest waiting first."""
    waiting = (
        select(invitation_table)
        .where(invitation_table.c.state == "waiting", invitation_table.c.due_at <= now)
        .order_by(invitation_table.c.due_at, invitation_table.c.id)
    )
    return [invitation_from_row(r) for r in tx.execute(waiting.limit(limit))]


def find_next_deadline(tx: Connection, after: datetime, remind_after: timedelta) -> datetime | None:
    """When, after ``after``, the next invitation is looked at again, reminded of, or expires."""

    def first(moment: ColumnElement[datetime], *which: ColumnElement[bool]) -> datetime | None:
        found: datetime | None = tx.scalar(select(func.min(moment)).where(moment > after, *which))
        return found

    silent = (
        invitation_table.c.state == "open",
        invitation_table.c.reminded_at.is_(None),
        invitation_table.c.sent_at > after - remind_after,
    )
    sent = tx.scalar(select(func.min(invitation_table.c.sent_at)).where(*silent))
    moments = [
        first(invitation_table.c.due_at, invitation_table.c.state == "waiting"),
        first(invitation_table.c.expires_at, invitation_table.c.state.in_(("open", "answering"))),
        sent + remind_after if sent is not None else None,
    ]
    return min((m for m in moments if m is not None), default=None)


def list_by_visits(tx: Connection, visit_ids: Sequence[int], states: Sequence[str]) -> list[Invitation]:
    return [
        invitation_from_row(r)
        for r in tx.execute(
            select(invitation_table).where(
                invitation_table.c.visit_id.in_(visit_ids), invitation_table.c.state.in_(states)
            )
        )
    ]


def drop_waiting(tx: Connection, reason: str) -> None:
    """Nobody is asked any more about what waits; it was never counted."""
    tx.execute(
        update(invitation_table).where(invitation_table.c.state == "waiting").values(state="dropped", reason=reason)
    )


def list_by_states(tx: Connection, states: Sequence[str]) -> list[Invitation]:
    return [
        invitation_from_row(r)
        for r in tx.execute(
            select(invitation_table).where(invitation_table.c.state.in_(states)).order_by(invitation_table.c.id)
        )
    ]


def list_expired(tx: Connection, now: datetime) -> list[CountedInvitation]:
    """Invitations that nobody may answer any more, and that were not ended yet."""
    late = invitation_table.c.state.in_(("open", "answering")) & (invitation_table.c.expires_at <= now)
    return [_counted_invitation(r) for r in tx.execute(_WITH_RESPONSE.where(late).order_by(invitation_table.c.id))]


def find_open(tx: Connection, customer_id: int) -> Invitation | None:
    """The one invitation that is open or on its way to this person."""
    found = tx.execute(
        select(invitation_table).where(
            invitation_table.c.customer_id == customer_id, invitation_table.c.state.in_(OPEN_STATES)
        )
    ).first()
    return invitation_from_row(found) if found else None


def set_state(tx: Connection, invitation_id: int, state: str, *, reason: str | None = None, **columns: Any) -> None:
    """Move an invitation on (with more columns of `rows.invitation` by name); the counters of silence follow."""
    found = tx.execute(_WITH_RESPONSE.where(invitation_table.c.id == invitation_id)).first()
    if found is not None:
        before = _counted_invitation(found)
        save(tx, before, before._replace(invitation=replace(before.invitation, state=state, reason=reason, **columns)))


def save(tx: Connection, before: CountedInvitation, after: CountedInvitation) -> None:
    """Keep an invitation's next state; the counters of silence follow. ``before`` is how it stands in the database."""
    was, now = before.invitation, after.invitation
    changed = {name: new for name in _NAMES if (new := getattr(now, name)) != getattr(was, name)}
    if changed:
        tx.execute(_SAVE, {"which": now.id} | changed)
    tallies.add_moves(tx, [*reverse_moves(_invitation_moves([before])), *_invitation_moves([after])])


def update_waiting(tx: Connection, updates: Sequence[WaitingUpdate]) -> None:
    """Nobody has seen these, so they count for nothing before and after."""
    if updates:
        tx.execute(_SAVE, [v._asdict() for v in updates])


def make_due(tx: Connection, customer_id: int, now: datetime) -> None:
    """Look again now at what waits for this person: he has just given his consent, or come back."""
    tx.execute(
        update(invitation_table)
        .where(invitation_table.c.customer_id == customer_id, invitation_table.c.state == "waiting")
        .values(due_at=now)
    )


# ---- facts for asking ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EarlierInvitation:
    """One earlier question to a person, delivered or on its way."""

    subject: str
    nps: bool
    at: datetime
    is_open: bool


_ASKED = select(
    invitation_table.c.customer_id,
    invitation_table.c.subject,
    invitation_table.c.nps,
    invitation_table.c.sent_at,
    invitation_table.c.state,
).where(
    invitation_table.c.customer_id.in_(bindparam("people", expanding=True)),
    invitation_table.c.state.not_in(("waiting", "dropped")),
    invitation_table.c.sent_at.is_(None) | (invitation_table.c.sent_at >= bindparam("since")),
)
_MUTES = select(mute_table).where(mute_table.c.customer_id.in_(bindparam("people", expanding=True)))


def list_earlier(
    tx: Connection, customer_ids: Iterable[int], now: datetime, longest: timedelta
) -> dict[int, list[EarlierInvitation]]:
    """What each of these people was asked within ``longest``, and what is open."""
    people = sorted(set(customer_ids))
    found: dict[int, list[EarlierInvitation]] = {person: [] for person in people}
    for start in range(0, len(people), CHUNK):
        for r in tx.execute(_ASKED, {"people": people[start : start + CHUNK], "since": now - longest}):
            found[r.customer_id].append(EarlierInvitation(r.subject, r.nps, r.sent_at or now, r.state in OPEN_STATES))
    return found


def list_mutes(tx: Connection, customer_ids: Iterable[int]) -> dict[int, dict[str, datetime | None]]:
    """What each of these people does not want to be asked about: subject ("" is everything) -> until, None for good."""
    people = sorted(set(customer_ids))
    found: dict[int, dict[str, datetime | None]] = {person: {} for person in people}
    for start in range(0, len(people), CHUNK):
        for r in tx.execute(_MUTES, {"people": people[start : start + CHUNK]}):
            found[r.customer_id][r.subject] = r.until
    return found


# ---- what invitations contribute to the counters ---------------------------------------------------------------------


def _invitation_moves(found: Iterable[CountedInvitation]) -> list[Move]:
    moves = []
    for i, answered in found:
        measures: Mapping[str, bool] = {
            INVITED: i.sent_at is not None,
            ANSWERED: answered,
            DECLINED: i.state == "declined",
            IGNORED: i.state == "expired" and not answered,
        }
        moves += [
            (CounterKey(i.journey, i.day, i.subject, measure, "", i.cohort_id, i.channel), CounterSums())
            for measure, counts in measures.items()
            if counts
        ]
    return moves


_WITH_RESPONSE = select(invitation_table, response_table.c.started_at).select_from(
    invitation_table.outerjoin(response_table, response_table.c.invitation_id == invitation_table.c.id)
)


def _counted_invitation(columns: Sequence[Any]) -> CountedInvitation:
    return CountedInvitation(invitation_from_row(columns[:-1]), columns[-1] is not None)


def list_contributions(tx: Connection, journey: str, selection: RowSelection = EVERYTHING) -> list[Move]:
    """What a journey's invitations contribute, counted from the rows."""
    found = tx.execute(
        _WITH_RESPONSE.where(invitation_table.c.journey == journey, selection.condition(invitation_table))
    )
    return _invitation_moves(_counted_invitation(r) for r in found)
