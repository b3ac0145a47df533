"""Invitations: questions to people, sent or to be sent: about one visit each, or about a place without a visit.

Invariants:

* A state changes only as `cjm.asking.invitation_state` allows; any other change raises InvitationStateError and is
  rolled back.
* The counters of invitations (invited, answered, declined, ignored) move in the transaction that changes the state. An
  invitation that is waiting, reserved or dropped counts for nothing, nor does one whose event was withdrawn before
  anything was answered. What a closed one counted is settled.
* A person has at most one invitation that is open or on its way; a partial unique index enforces it.
* One without a visit has an occasion, which a unique index keeps from being asked about twice.
* A message of a volunteer diary counts nowhere: no figure of what was asked and answered moves because of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, insert, select, update

from bot.db.asking.tables import invitation_table, response_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.chunks import is_one_of, split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedQuery, PreparedStatement
from bot.db.engine.rows import row_reader, row_writer, select_record
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import OPEN_STATES, UNASKED_STATES, InvitationState, may_become
from cjm.asking.subject_names import SubjectName
from cjm.figures.asking.outcome import AskedQuestion, outcome_moves
from cjm.figures.day.parts import PartOfDay
from cjm.figures.tally import ANSWERED, DECLINED, IGNORED, INVITED, CounterKey, CounterSums, Move, reverse_moves


class InvitationStateError(Exception):
    """Raised when an invitation is to change to a state that its present state does not allow.

    The message names both states, never the person.
    """

    def __init__(self, before: InvitationState, after: InvitationState) -> None:
        super().__init__(f"an invitation that is {before.value} cannot become {after.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """Invitation before it is stored: what is asked about which visit, and what it counts under.

    Without a visit, ``occasion`` says what it was asked for (`cjm.asking.occasions`). Its day, cohort and channel are
    then of the time at which it was made. ``campaign_id`` is set if a manager asked it by hand. ``trigger_at`` is when
    its customer was found to stay behind, long after the visit; None if the visit itself asks. ``diary_id`` is set if
    it is a message of a volunteer diary. ``part`` is that of the day of the visit; None without one, where it is not
    known, and in an anonymous journey.
    """

    customer_id: int
    visit_id: int | None
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
    state: InvitationState = InvitationState.WAITING
    reason: str | None = None
    occasion: str | None = None
    campaign_id: int | None = None
    trigger_at: datetime | None = None
    diary_id: int | None = None
    part: PartOfDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation(NewInvitation):
    """Stored invitation. ``language`` is fixed when it is sent.

    ``seal_at`` is when it is closed, once it has ended, in an anonymous journey; None in others. ``sent_hour`` is the
    hour of its reader's clock at which it arrived; None in an anonymous journey.
    """

    id: int
    language: str | None
    sent_at: datetime | None
    expires_at: datetime | None
    reminded_at: datetime | None
    seal_at: datetime | None = None
    sent_hour: int | None = None

    @property
    def subject_name(self) -> SubjectName:
        """Stage or touchpoint that is asked about, as the invitation's version of the journey names it."""
        return SubjectName(self.journey, self.version, self.subject)


class CountedInvitation(NamedTuple):
    """Invitation with what it counts for: whether anything was answered to it."""

    invitation: Invitation
    answered: bool


class UnsentUpdate(NamedTuple):
    """Next state of an invitation that was not sent yet; one that stays WAITING is due again at ``due_at``."""

    invitation_id: int
    state: InvitationState
    reason: str | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class EarlierInvitation:
    """Earlier question to a person, delivered or on its way. Its id is None until the batch that asks it is stored.

    ``is_diary``: it is a message of a volunteer diary, which counts for no limit.
    """

    subject: SubjectName
    nps: bool
    at: datetime
    is_open: bool
    invitation_id: int | None = None
    is_diary: bool = False


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """Question that waits for a person: its survey, and from when until when it may be sent."""

    id: int
    customer_id: int
    journey: str
    survey: str
    due_at: datetime
    not_after: datetime


invitation_from_row = row_reader(Invitation, invitation_table)
_invitation_columns = row_writer(NewInvitation)
_all_columns = row_writer(Invitation)

# Statements that every tap needs are built once: building them costs more than running them.
_INSERT = PreparedStatement(insert(invitation_table))
_UPDATE = update(invitation_table).where(invitation_table.c.id == bindparam("invitation_id"))
_UPDATE_ONE = PreparedStatement(_UPDATE)
_STAYING = PreparedStatement(
    select(invitation_table)
    .where(
        is_one_of(invitation_table.c.customer_id, "customer_ids"),
        invitation_table.c.trigger_at.is_not(None),
        is_one_of(invitation_table.c.state, "states"),
    )
    .order_by(invitation_table.c.id)
    .with_for_update()
)
COUNTED_INVITATIONS = select(invitation_table, response_table.c.started_at).select_from(
    invitation_table.outerjoin(response_table, response_table.c.invitation_id == invitation_table.c.id)
)
"""Rows for :func:`counted_from_row`."""


def counted_from_row(row: Row[Any]) -> CountedInvitation:
    return CountedInvitation(invitation_from_row(row), row.started_at is not None)


def insert_invitations(tx: Connection, invitations: Sequence[NewInvitation]) -> None:
    _INSERT.run_many(tx, [_invitation_columns(invitation) for invitation in invitations])


def find_by_id(tx: Connection, invitation_id: int) -> Invitation | None:
    row = tx.execute(select(invitation_table).where(invitation_table.c.id == invitation_id)).first()
    return invitation_from_row(row) if row else None


def find_open(tx: Connection, customer_id: int) -> Invitation | None:
    """Return the one invitation that is open or on its way to this person."""
    is_open = (invitation_table.c.customer_id == customer_id) & invitation_table.c.state.in_(OPEN_STATES)
    row = tx.execute(select(invitation_table).where(is_open)).first()
    return invitation_from_row(row) if row else None


def list_by_visits(tx: Connection, visit_ids: Sequence[int], states: Sequence[InvitationState]) -> list[Invitation]:
    """Return the invitations about these visits in these states, by id; others who want to change them wait."""
    is_meant = invitation_table.c.visit_id.in_(visit_ids) & invitation_table.c.state.in_(states)
    rows = tx.execute(select(invitation_table).where(is_meant).order_by(invitation_table.c.id).with_for_update())
    return [invitation_from_row(row) for row in rows]


def list_staying(tx: Connection, customer_ids: Sequence[int], states: Sequence[InvitationState]) -> list[Invitation]:
    """Return what these people are asked for staying behind, in these states, by id; other writers wait."""
    rows = _STAYING.list_rows(tx, {"customer_ids": customer_ids, "states": [state.value for state in states]})
    return [invitation_from_row(row) for row in rows]


def list_by_states(tx: Connection, states: Sequence[InvitationState]) -> list[Invitation]:
    """Return all invitations in these states, by id."""
    wanted = select(invitation_table).where(invitation_table.c.state.in_(states)).order_by(invitation_table.c.id)
    return [invitation_from_row(row) for row in tx.execute(wanted)]


def letter_key(invitation_id: int) -> str:
    """Return the key of the letter that brings the first question."""
    return f"invitation:{invitation_id}"


# ---- changes of state ------------------------------------------------------------------------------------------------


def set_state(
    tx: Connection, invitation_id: int, state: InvitationState, *, reason: str | None = None, **columns: Any
) -> None:
    """Change an invitation's state and reason, and more columns by name; the counters follow.

    Raises InvitationStateError when the present state does not allow it. Does nothing when the invitation is gone.
    """
    row = tx.execute(COUNTED_INVITATIONS.where(invitation_table.c.id == invitation_id)).first()
    if row is not None:
        before = counted_from_row(row)
        after = replace(before.invitation, state=state, reason=reason, **columns)
        save(tx, before, before._replace(invitation=after))


def save(tx: Connection, before: CountedInvitation, after: CountedInvitation) -> None:
    """Store the next state of an invitation; the counters follow.

    ``before`` is how it stands in the database. Raises InvitationStateError when ``before`` does not allow ``after``.
    """
    _check_transition(before.invitation.state, after.invitation.state)
    _store(tx, before, after)


def open_and_save(tx: Connection, before: CountedInvitation, after: CountedInvitation) -> None:
    """Store what became of an invitation that was opened by the same tap, with one statement.

    Raises InvitationStateError when ``before`` cannot be opened, or an open one does not allow ``after``.
    """
    _check_transition(before.invitation.state, InvitationState.OPEN)
    _check_transition(InvitationState.OPEN, after.invitation.state)
    _store(tx, before, after)


def _store(tx: Connection, before: CountedInvitation, after: CountedInvitation) -> None:
    old, new = before.invitation, after.invitation
    stored = _all_columns(old)
    changes = {name: value for name, value in _all_columns(new).items() if value != stored[name]}
    if changes:
        _UPDATE_ONE.run(tx, {"invitation_id": new.id} | changes)
    tallies.add_moves(tx, [*reverse_moves(invitation_moves([before])), *invitation_moves([after])])


def close(tx: Connection, ended: CountedInvitation) -> list[Move]:
    """Close an invitation of an anonymous journey, and return what it counted until now: settle that.

    What is stored of it then is the same for everybody who was asked.
    """
    closed = replace(
        ended.invitation,
        state=InvitationState.CLOSED,
        reason=None,
        expires_at=None,
        reminded_at=None,
        seal_at=None,
        sent_hour=None,
    )
    save(tx, ended, ended._replace(invitation=closed))
    return list(_place_moves(ended))


def update_unsent(tx: Connection, updates: Sequence[UnsentUpdate]) -> None:
    """Store the next states of invitations that were not sent yet: they count for nothing before and after.

    Raises InvitationStateError when one of them has left its state meanwhile and does not allow the new one.
    """
    # What was decided rests on rows read earlier: another tick, or a letter on its way, may have been faster.
    states = _lock_states(tx, [one.invitation_id for one in updates])
    for one in updates:
        _check_transition(states.get(one.invitation_id, one.state), one.state)
    if updates:
        tx.execute(_UPDATE, [one._asdict() for one in updates])


def _lock_states(tx: Connection, invitation_ids: Sequence[int]) -> dict[int, InvitationState]:
    columns = select(invitation_table.c.id, invitation_table.c.state).with_for_update()
    chunks = split_into_chunks(sorted(invitation_ids))  # in one order, so that two writers seldom wait in a ring
    rows = (row for chunk in chunks for row in tx.execute(columns.where(invitation_table.c.id.in_(chunk))))
    return {row.id: row.state for row in rows}


def _check_transition(before: InvitationState, after: InvitationState) -> None:
    if not may_become(before, after):
        raise InvitationStateError(before, after)


def drop_waiting(tx: Connection, reason: str) -> None:
    """Drop everything that waits: none of it will be asked. It was never counted."""
    waiting = update(invitation_table).where(invitation_table.c.state == InvitationState.WAITING)
    tx.execute(waiting.values(state=InvitationState.DROPPED, reason=reason))


def make_due(tx: Connection, customer_id: int, now: datetime) -> None:
    """Make what waits for this person due now: they agreed to be asked, can be reached, or took a wish back."""
    waiting = update(invitation_table).where(
        invitation_table.c.customer_id == customer_id, invitation_table.c.state == InvitationState.WAITING
    )
    tx.execute(waiting.values(due_at=now))


def set_language(tx: Connection, invitation_id: int, language: str) -> None:
    """Let a question that was sent go on in another language."""
    tx.execute(update(invitation_table).where(invitation_table.c.id == invitation_id).values(language=language))


# ---- facts for asking ------------------------------------------------------------------------------------------------

_EARLIER = PreparedStatement(
    select(
        invitation_table.c.id,
        invitation_table.c.customer_id,
        invitation_table.c.journey,
        invitation_table.c.version,
        invitation_table.c.subject,
        invitation_table.c.nps,
        invitation_table.c.sent_at,
        invitation_table.c.state,
        invitation_table.c.diary_id,
    ).where(
        is_one_of(invitation_table.c.customer_id, "customer_ids"),
        *(invitation_table.c.state != state for state in sorted(UNASKED_STATES)),
        invitation_table.c.sent_at.is_(None) | (invitation_table.c.sent_at >= bindparam("since")),
    )
)


def list_earlier(
    tx: Connection, customer_ids: Iterable[int], now: datetime, period: timedelta
) -> dict[int, list[EarlierInvitation]]:
    """Return what each of these people was asked within ``period``; one on its way counts as asked now."""
    people = sorted(set(customer_ids))
    earlier: dict[int, list[EarlierInvitation]] = {person: [] for person in people}
    for row in _EARLIER.list_rows(tx, {"customer_ids": people, "since": now - period}):
        subject = SubjectName(row.journey, row.version, row.subject)
        is_open, is_diary = row.state in OPEN_STATES, row.diary_id is not None
        earlier[row.customer_id].append(
            EarlierInvitation(subject, row.nps, row.sent_at or now, is_open, row.id, is_diary)
        )
    return earlier


_WAITING = PreparedQuery(
    WaitingQuestion,
    select_record(WaitingQuestion, invitation_table).where(
        is_one_of(invitation_table.c.customer_id, "customer_ids"),
        invitation_table.c.sent_at.is_(None),  # so that the index of people and times finds it
        invitation_table.c.state == InvitationState.WAITING,
    ),
)


def list_waiting(tx: Connection, customer_ids: Sequence[int]) -> list[WaitingQuestion]:
    """Return all questions that wait for these people."""
    return _WAITING.list_records(tx, {"customer_ids": customer_ids})


# ---- what invitations contribute to the counters ---------------------------------------------------------------------


def invitation_moves(counted: Iterable[CountedInvitation]) -> list[Move]:
    """Return what invitations count for."""
    asked = (each for each in counted if each.invitation.diary_id is None)
    return [move for each in asked for move in (*_place_moves(each), *_outcome_moves(each))]


def _place_moves(counted: CountedInvitation) -> Iterator[Move]:
    """Yield what an invitation counts for at its place; a closed one counts there as settled."""
    i, answered = counted
    if i.state == InvitationState.CLOSED or _is_withdrawn(counted):
        return
    measures: Mapping[str, bool] = {
        INVITED: i.sent_at is not None,
        ANSWERED: answered,
        DECLINED: i.state == InvitationState.DECLINED,
        IGNORED: i.state == InvitationState.EXPIRED and not answered,
    }
    for measure, is_counted in measures.items():
        if is_counted:
            yield CounterKey(i.journey, i.day, i.subject, measure, "", i.cohort_id, i.channel), CounterSums()


def _outcome_moves(counted: CountedInvitation) -> Iterator[Move]:
    """Yield what became of an invitation, which counts for the whole journey."""
    i, answered = counted
    if i.sent_at is None or _is_withdrawn(counted):
        return
    asked = AskedQuestion(i.survey, i.state, i.reason, answered, i.sent_hour)
    yield from outcome_moves(asked, CounterKey(i.journey, i.day, i.subject, INVITED, "", i.cohort_id, i.channel))


def _is_withdrawn(counted: CountedInvitation) -> bool:
    return counted.invitation.reason == AskingReason.WITHDRAWN and not counted.answered


def list_contributions(tx: Connection, journey: str, selection: RowSelection = EVERYTHING) -> list[Move]:
    """Return what a journey's invitations contribute to the counters, counted from the rows."""
    is_meant = selection.condition(invitation_table, journey)
    return invitation_moves(counted_from_row(row) for row in tx.execute(COUNTED_INVITATIONS.where(is_meant)))
