"""Steps of a letter through the outbox, each in another transaction: claim, mark as sending, record.

Invariants:

* Chats are claimed, not letters: of each chat one letter at a time, chosen by `letter_choice`, and none while another
  of the same chat is under way, so a chat reads in order.
* A letter is marked SENDING before the call that sends it. One that is found SENDING later may have arrived: it is
  repeated once if its kind is repeated (RETRY), else it becomes UNKNOWN and is never sent again by itself.
* Every step names the leader's epoch: a leader that was replaced starts nothing, and records only what became of its
  own calls.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, case, literal, or_, select, type_coerce, update

from bot.db.delivery.letter_choice import NO_TURNS, ChatTurns, pick_letters
from bot.db.delivery.letters import Letter, letter_from_row
from bot.db.delivery.quoted_messages import Quotes
from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.db.engine.leases import SENDER
from bot.db.engine.rows import changes_row
from bot.db.engine.tables import lease_table
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """Result of a try to send. ``due_at`` is given only when the letter will be tried again.

    ``may_have_arrived`` is True when the call broke after it may have left.
    """

    state: LetterState
    attempts: int
    reason: str | None = None
    due_at: datetime | None = None
    message_id: str | None = None
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True)
class RepeatPlan:
    """Plan for letters that are found SENDING: those of ``kinds`` are sent once more at ``due_at``."""

    kinds: Collection[str]
    due_at: datetime


def claim(
    tx: Connection,
    *,
    now: datetime,
    limit: int,
    epoch: int,
    cooling: Collection[Address] = (),
    turns: Mapping[Address, ChatTurns] = NO_TURNS,
) -> list[Letter]:
    """Lease up to ``limit`` letters of as many chats; leave out the chats in ``cooling``.

    Letters that wait for another try go first. A quarter of ``limit`` goes to those that have waited longest, so that
    no kind starves, and what remains by priority. An urgent letter brings the first letter of its chat forward in its
    place. ``turns`` says whom letters were about lately in chats where somebody had a turn.
    """
    if tx.execute(select(_is_replaced(epoch))).scalar():
        return []
    # What a leader leased at the very time when it was replaced would stay leased for ever.
    orphaned = _IS_LEASED & (letter_table.c.epoch < epoch)
    tx.execute(update(letter_table).where(_is_unlocked(orphaned)).values(state=_FREE_STATE))
    ids = pick_letters(tx, now, limit, cooling, turns)
    return _lease_letters(tx, ids, epoch) if ids else []


def can_claim(tx: Connection, now: datetime) -> bool:
    """Return whether a letter could be claimed now if no chat had to cool down."""
    return bool(pick_letters(tx, now, 1, (), NO_TURNS))


def _lease_letters(tx: Connection, ids: list[int], epoch: int) -> list[Letter]:
    # As an expression the state has no index, which SQLite would prefer to the ids and walk through all that is due.
    state = type_coerce(letter_table.c.state, String).concat("")
    free = letter_table.c.id.in_(ids) & state.in_((LetterState.DUE, LetterState.RETRY))
    taken = tx.execute(
        update(letter_table).where(free).values(state=LetterState.LEASED, epoch=epoch).returning(letter_table)
    )
    return sorted((letter_from_row(row) for row in taken), key=lambda letter: ids.index(letter.id))


def mark_sending(tx: Connection, letter_id: int, epoch: int, quotes: Quotes | None = None) -> bool:
    """Mark a leased letter as being sent, right before the call; ``quotes``: whose words it will show.

    Return False when it must not be sent: a newer leader has taken over, or the letter is not leased any more.
    """
    mark = update(letter_table).where(_is_leased(letter_id, epoch), ~_is_replaced(epoch))
    values: dict[str, Any] = {"state": LetterState.SENDING}
    if quotes is not None and quotes.people:
        values["quotes"] = quotes.to_data()  # if nobody learns whether it arrived, a tap on it brings them back
    return changes_row(tx, mark.values(values).returning(letter_table.c.id))


def _is_leased(letter_id: int, epoch: int) -> ColumnElement[bool]:
    return (
        (letter_table.c.id == letter_id)
        & (letter_table.c.state == LetterState.LEASED)
        & (letter_table.c.epoch == epoch)
    )


def _is_replaced(epoch: int) -> ColumnElement[bool]:
    return select(lease_table.c.name).where(lease_table.c.name == SENDER, lease_table.c.epoch > epoch).exists()


def give_back(tx: Connection, letter_id: int, epoch: int) -> None:
    """Free a letter whose call has not begun: it was leased, or marked as being sent, and was not tried after all."""
    is_taken = letter_table.c.state.in_((LetterState.LEASED, LetterState.SENDING))
    mine = (letter_table.c.id == letter_id) & is_taken & (letter_table.c.epoch == epoch)
    tx.execute(update(letter_table).where(mine).values(state=_FREE_STATE))


def give_back_all_but(
    tx: Connection, at_work: Collection[int], epoch: int, plan: RepeatPlan, now: datetime
) -> list[Letter]:
    """Free the letters that a fault left lying, all but those ``at_work``.

    Leased letters are due again. Return those that were being sent: they may have arrived, see `_end_sending`.
    """
    left = (letter_table.c.epoch == epoch) & letter_table.c.id.not_in(at_work)
    tx.execute(update(letter_table).where(left, _IS_LEASED).values(state=_FREE_STATE))
    return _end_sending(tx, left, "a fault while sending", plan, now)


def _end_sending(
    tx: Connection, whose: ColumnElement[bool], reason: str, plan: RepeatPlan, now: datetime
) -> list[Letter]:
    """Let letters that were being sent be repeated, once each and if ``plan`` says so; make the others UNKNOWN.

    Their try is counted. Return them with the tries before it, as each letter is settled with those.
    """
    sending = update(letter_table).where(letter_table.c.state == LetterState.SENDING, whose)
    sending = sending.values(reason=reason, unknown_at=now, attempts=letter_table.c.attempts + 1).returning(
        letter_table
    )
    is_repeated = letter_table.c.kind.in_(plan.kinds) & letter_table.c.unknown_at.is_(None)
    # In this order: what the first statement has changed is not SENDING any more.
    steps = (
        sending.where(is_repeated).values(state=LetterState.RETRY, due_at=plan.due_at),
        sending.values(state=LetterState.UNKNOWN),
    )
    lost = (letter_from_row(row) for step in steps for row in tx.execute(step))
    return [replace(letter, attempts=letter.attempts - 1) for letter in lost]


def record(tx: Connection, letter_id: int, epoch: int, result: AttemptRecord, now: datetime) -> bool:
    """Store the result of a try; return False when the letter has left this leader's hands meanwhile.

    Once a new leader has taken its letters over, a leader may only report that one of them arrived; what was not
    repeated by then is not repeated any more.
    """
    is_open: ColumnElement[bool] = letter_table.c.state.in_((LetterState.LEASED, LetterState.SENDING))
    if result.state is LetterState.SENT:
        was_given_up = letter_table.c.state.in_((LetterState.UNKNOWN, LetterState.RETRY))
        is_open |= was_given_up & letter_table.c.unknown_at.is_not(None)
    mine = (letter_table.c.id == letter_id) & is_open & (letter_table.c.epoch == epoch)
    values: dict[str, object] = {
        "state": result.state,
        "attempts": result.attempts,
        "reason": result.reason[:256] if result.reason else None,
        "message_id": result.message_id,
        "sent_at": now if result.state is LetterState.SENT else None,
    }
    if result.due_at:
        values["due_at"] = result.due_at
    if result.may_have_arrived:
        values["unknown_at"] = now
    return changes_row(tx, update(letter_table).where(mine).values(values).returning(letter_table.c.id))


def take_over(tx: Connection, epoch: int, plan: RepeatPlan, now: datetime) -> list[Letter]:
    """Free the letters of earlier leaders: leased ones are due again. Call it again later: it passes over locked ones.

    Return those that were being sent: a crash between the call and its record leaves them SENDING, see `_end_sending`.
    """
    earlier = or_(letter_table.c.epoch.is_(None), letter_table.c.epoch < epoch)
    tx.execute(update(letter_table).where(_is_unlocked(_IS_LEASED & earlier)).values(state=_FREE_STATE))
    is_sending = letter_table.c.state == LetterState.SENDING
    return _end_sending(tx, _is_unlocked(is_sending & earlier), "stopped while sending", plan, now)


def is_any_ahead(tx: Connection, now: datetime, latest_retry: timedelta) -> bool:
    """Return whether a letter waits for a time to which only a clock that was set back can have put it."""
    return bool(tx.execute(select(_is_ahead(now, latest_retry).exists())).scalar())


def bring_back(tx: Connection, now: datetime, latest_retry: timedelta) -> None:
    """Let such letters go: those to be tried again at once, others with the delay that they were posted with."""
    ahead = _is_ahead(now, latest_retry).with_for_update(skip_locked=True)
    for row in tx.execute(ahead).all():
        delay = timedelta() if row.state is LetterState.RETRY else row.due_at - row.created_at
        this = (letter_table.c.id == row.id) & (letter_table.c.state == row.state)
        tx.execute(update(letter_table).where(this).values(due_at=now + delay, created_at=min(now, row.created_at)))


def _is_ahead(now: datetime, latest_retry: timedelta) -> Select[Any]:
    columns = (letter_table.c.id, letter_table.c.state, letter_table.c.due_at, letter_table.c.created_at)
    is_retry = (letter_table.c.state == LetterState.RETRY) & (letter_table.c.due_at > now + latest_retry)
    is_new = (
        (letter_table.c.state == LetterState.DUE) & (letter_table.c.due_at > now) & (letter_table.c.created_at > now)
    )
    return select(*columns).where(or_(is_retry, is_new))


def _is_unlocked(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Choose those of these letters that no transaction of another process holds.

    A leader that was stopped in the middle of a transaction keeps its locks; its successor must not wait for them.
    """
    return letter_table.c.id.in_(select(letter_table.c.id).where(which).with_for_update(skip_locked=True))


_IS_LEASED = letter_table.c.state == LetterState.LEASED
# One that is tried again keeps its place before the chat's other letters, also if it was taken and given back.
_FREE_STATE = case(
    (letter_table.c.attempts > 0, literal(LetterState.RETRY, letter_table.c.state.type)),
    else_=literal(LetterState.DUE, letter_table.c.state.type),
)
