"""Volunteer diaries, one row each, from the invitation to keep one.

Invariants:

* A person keeps at most one diary at a time; a partial unique index enforces it.
* ``reached`` only grows: each number of a message is used once, also after a restart.
* A diary that ends takes back what waits to be sent for it; a letter on its way is checked again before it leaves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, text, update

from bot.db.asking.invitations import Invitation
from bot.db.asking.tables import invitation_table, response_table
from bot.db.diary.tables import diary_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader, row_writer
from bot.db.engine.upsert import insert
from cjm.asking.decision import AskingReason
from cjm.asking.diary_clock import DiaryTerms
from cjm.asking.diary_state import DiaryState
from cjm.asking.invitation_state import InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDiary:
    """Invitation to keep a diary, before it is stored: ``invitation_id`` is that of the conversation that invites."""

    customer_id: int
    journey: str
    invitation_id: int
    days: int
    times_a_day: int
    offered_at: datetime
    state: DiaryState = DiaryState.OFFERED
    reached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary(NewDiary):
    """Stored diary. ``due_at`` is when its next message is due or, after the last one, when it is over."""

    id: int
    joined_at: datetime | None = None
    first_day: date | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.state is DiaryState.RUNNING

    @property
    def messages(self) -> int:
        """Number of messages that were promised."""
        return self.days * self.times_a_day

    @property
    def has_more(self) -> bool:
        """True while another message is to come."""
        return self.is_running and self.reached < self.messages

    def make_terms(self, first_day: date) -> DiaryTerms:
        """Return what decides about its moments."""
        return DiaryTerms(self.days, self.times_a_day, first_day, self.id)


# Written out, as in the indexes: no engine finds a part of an index by parameters.
IS_RUNNING = text("diary.state = 'running'")

_diary_from_row = row_reader(Diary, diary_table)
_diary_columns = row_writer(NewDiary)
_OF_INVITATION = select(diary_table).where(
    or_(diary_table.c.invitation_id == bindparam("invitation_id"), diary_table.c.id == bindparam("diary_id"))
)

_DUE = (
    select(diary_table.c.id, diary_table.c.customer_id)
    .where(IS_RUNNING, diary_table.c.due_at <= bindparam("now"))
    .order_by(diary_table.c.due_at)
)  # built once: a tick runs it


def insert_offer(tx: Connection, new: NewDiary) -> Diary:
    """Store that a person is invited to keep a diary."""
    stored = insert(tx, diary_table).values(_diary_columns(new)).returning(*diary_table.c)
    return _diary_from_row(tx.execute(stored).one())


def find_of_invitation(tx: Connection, invitation: Invitation) -> Diary | None:
    """Return the diary that a conversation is a message of, or that it has invited to."""
    of = {"invitation_id": invitation.id, "diary_id": invitation.diary_id}
    row = tx.execute(_OF_INVITATION, of).first()
    return _diary_from_row(row) if row else None


def find_by_id(tx: Connection, diary_id: int) -> Diary | None:
    row = tx.execute(select(diary_table).where(diary_table.c.id == diary_id)).first()
    return _diary_from_row(row) if row else None


def find_running(tx: Connection, customer_id: int) -> Diary | None:
    """Return the diary that a person keeps now."""
    row = tx.execute(select(diary_table).where(diary_table.c.customer_id == customer_id, IS_RUNNING)).first()
    return _diary_from_row(row) if row else None


def was_offered(tx: Connection, customer_id: int, since: datetime) -> bool:
    """Return whether a person was invited to keep a diary since then, or keeps one."""
    is_theirs = diary_table.c.customer_id == customer_id
    is_recent = or_(diary_table.c.offered_at > since, IS_RUNNING)
    return tx.execute(select(diary_table.c.id).where(is_theirs, is_recent).limit(1)).first() is not None


def list_due_ids(tx: Connection, now: datetime, limit: int) -> list[tuple[int, int]]:
    """Return the ids of running diaries whose time has come, each with its volunteer's."""
    return [(row.id, row.customer_id) for row in tx.execute(_DUE.limit(limit), {"now": now})]


def find_next_due(tx: Connection, after: datetime, customer_ids: Collection[int] | None = None) -> datetime | None:
    """Return when, later than ``after``, the next diary has something to do; with ``customer_ids`` only of these."""
    is_ahead = IS_RUNNING & (diary_table.c.due_at > after)
    if customer_ids is not None:
        is_ahead &= diary_table.c.customer_id.in_(customer_ids)
    due_at: datetime | None = tx.scalar(select(func.min(diary_table.c.due_at)).where(is_ahead))
    return due_at


def list_running(tx: Connection, diary_ids: Sequence[int]) -> list[Diary]:
    """Return those of these diaries that are running, by id."""
    wanted = select(diary_table).where(IS_RUNNING).order_by(diary_table.c.id)
    chunks = split_into_chunks(diary_ids)
    return [_diary_from_row(row) for ids in chunks for row in tx.execute(wanted.where(diary_table.c.id.in_(ids)))]


def save(tx: Connection, diary_id: int, **columns: Any) -> None:
    tx.execute(update(diary_table).where(diary_table.c.id == diary_id).values(columns))


def end(tx: Connection, diary: Diary, state: DiaryState, now: datetime) -> None:
    """End a running diary, and take back what waits to be sent for it."""
    save(tx, diary.id, state=state, ended_at=now)
    i = invitation_table.c
    waiting = update(invitation_table).where(i.diary_id == diary.id, i.state == InvitationState.WAITING)
    tx.execute(waiting.values(state=InvitationState.DROPPED, reason=AskingReason.DIARY_ENDED))


def end_running(tx: Connection, customer_id: int, state: DiaryState, now: datetime) -> None:
    """End the diary that a person keeps, if they keep one."""
    if (diary := find_running(tx, customer_id)) is not None:
        end(tx, diary, state, now)


def count_answered(tx: Connection, diary_id: int) -> int:
    """Return how many messages of a diary were answered with words."""
    is_answered = (invitation_table.c.diary_id == diary_id) & response_table.c.started_at.is_not(None)
    messages = invitation_table.join(response_table, response_table.c.invitation_id == invitation_table.c.id)
    return int(tx.scalar(select(func.count()).select_from(messages).where(is_answered)) or 0)


def list_by_customer(tx: Connection, customer_id: int) -> list[Diary]:
    """Return all diaries of a person, the oldest first, those that they were only invited to among them."""
    theirs = select(diary_table).where(diary_table.c.customer_id == customer_id)
    return [_diary_from_row(row) for row in tx.execute(theirs.order_by(diary_table.c.id))]


def delete_old(tx: Connection, before: datetime) -> None:
    """Delete diaries to which people were invited before then, and which are over."""
    is_old = (diary_table.c.offered_at < before) & (diary_table.c.state != DiaryState.RUNNING)
    tx.execute(delete(diary_table).where(is_old))
