"""Letters: whatever is sent unprompted, kept from its cause to its end.

::

    held ──► due ──► leased ──► sending ──► sent
              ▲         │          ├──────► unreachable | rejected
              │         └─dropped  ├──────► unknown       it may have arrived: never sent again by itself
              └──────── retry ◄────┘

A letter is posted in the transaction of its cause under a unique key, so its cause can happen twice and it cannot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from bot.db.delivery.tables import letter_table
from bot.db.engine.announcements import LETTERS, announce
from bot.db.engine.upsert import Prepared
from cjm.address import Address


class LetterState(StrEnum):
    HELD = "held"
    DUE = "due"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


UNSENT = (LetterState.HELD, LetterState.DUE, LetterState.RETRY)
UNFINISHED = (*UNSENT, LetterState.LEASED, LetterState.SENDING)


_POST = Prepared(
    letter_table, lambda new: new.on_conflict_do_nothing(index_elements=["key"]).returning(letter_table.c.key)
)


class LetterPriority(IntEnum):
    """Who goes first when many are due; smaller is earlier."""

    REPLY = 0
    CONFIRMATION = 5
    ALERT = 10
    CARD = 20
    DIGEST = 30
    INVITATION = 50
    REMINDER = 60


@dataclass(frozen=True, slots=True)
class NewLetter:
    """What is to be sent to whom. ``data`` holds ids (or frozen words of ours): it is rendered just before sending.

    After ``not_after`` it is dropped instead of sent. A ``held`` letter waits for :func:`release`.
    """

    key: str
    to: Address
    kind: str
    priority: int
    due_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    thread: int | None = None
    not_after: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A stored letter. ``attempts`` counts the tries so far."""

    id: int
    key: str
    to: Address
    thread: int | None
    kind: str
    priority: int
    data: Mapping[str, Any]
    state: LetterState
    due_at: datetime
    not_after: datetime | None
    attempts: int
    created_at: datetime
    message_id: str | None = None
    sent_at: datetime | None = None


def post(tx: Connection, letters: NewLetter | Sequence[NewLetter], now: datetime) -> list[bool]:
    """Keep letters to be sent; for each whether it is new (False: one of this key was posted before)."""
    letters = [letters] if isinstance(letters, NewLetter) else letters
    if not letters:
        return []
    rows: dict[str, dict[str, Any]] = {}
    for new in letters:
        rows.setdefault(new.key, _letter_columns(new, now))
    fresh = set(tx.execute(_POST(tx), list(rows.values())).scalars())
    announce(tx, LETTERS)
    return [_take_first(fresh, new.key) for new in letters]


def _take_first(fresh: set[str], key: str) -> bool:
    """Whether ``key`` is new; a second letter of the same key in one batch is not."""
    known = key in fresh
    fresh.discard(key)
    return known


def _letter_columns(new: NewLetter, now: datetime) -> dict[str, Any]:
    return {
        "key": new.key,
        "messenger": new.to.messenger,
        "address": new.to.id,
        "thread": new.thread,
        "kind": new.kind,
        "priority": int(new.priority),
        "data": dict(new.data),
        "state": LetterState.HELD if new.held else LetterState.DUE,
        "due_at": new.due_at,
        "not_after": new.not_after,
        "attempts": 0,
        "created_at": now,
    }


def release(tx: Connection, key: str, due_at: datetime) -> bool:
    """Let a held letter go at ``due_at``; False when it is not held (any more)."""
    held = (letter_table.c.key == key) & (letter_table.c.state == LetterState.HELD)
    changed = update(letter_table).where(held).values(state=LetterState.DUE, due_at=due_at).returning(letter_table.c.id)
    announce(tx, LETTERS)
    return tx.execute(changed).first() is not None


def withdraw(tx: Connection, keys: str | Iterable[str], reason: str) -> list[str]:
    """Drop letters that were not tried yet; returns the keys of those it was not too late for."""
    wanted = [keys] if isinstance(keys, str) else list(keys)
    unsent = letter_table.c.key.in_(wanted) & letter_table.c.state.in_(UNSENT)
    changed = (
        update(letter_table)
        .where(unsent)
        .values(state=LetterState.DROPPED, reason=reason)
        .returning(letter_table.c.key)
    )
    return list(tx.execute(changed).scalars())


def send_again(tx: Connection, letter_id: int, now: datetime) -> bool:
    """Somebody asked for it: send a letter once more of which nobody knows whether it arrived."""
    lost = (letter_table.c.id == letter_id) & (letter_table.c.state == LetterState.UNKNOWN)
    changed = (
        update(letter_table)
        .where(lost)
        .values(state=LetterState.DUE, due_at=now, reason=None)
        .returning(letter_table.c.id)
    )
    announce(tx, LETTERS)
    return tx.execute(changed).first() is not None


def mark_arrived(tx: Connection, key: str, message_id: str, now: datetime) -> bool:
    """Somebody tapped on it or answered it: a letter of which nobody knew whether it arrived did."""
    return tx.execute(_PROVE, {"lost": key, "message_id": message_id, "sent_at": now}).first() is not None


_PROVE = (
    update(letter_table)
    .where(letter_table.c.key == bindparam("lost"), letter_table.c.state == LetterState.UNKNOWN)
    .values(state=LetterState.SENT, reason=None, message_id=bindparam("message_id"), sent_at=bindparam("sent_at"))
    .returning(letter_table.c.id)
)


def find_by_key(tx: Connection, key: str) -> Letter | None:
    row = tx.execute(select(letter_table).where(letter_table.c.key == key)).first()
    return letter_from_row(row) if row else None


def mark_all_sent(tx: Connection, now: datetime) -> None:
    """Put down everything that waits as delivered: in a past that is only simulated nothing leaves."""
    waiting = letter_table.c.state.in_(UNSENT)
    tx.execute(update(letter_table).where(waiting).values(state=LetterState.SENT, sent_at=now))


def delete_by_address(tx: Connection, to: Address) -> None:
    """Forget every letter to this chat; some hold frozen words."""
    tx.execute(delete(letter_table).where(letter_table.c.messenger == to.messenger, letter_table.c.address == to.id))


def count_by_state(tx: Connection) -> dict[str, int]:
    """How many letters are in each state."""
    rows = tx.execute(select(letter_table.c.state, func.count()).group_by(letter_table.c.state))
    return {row[0]: row[1] for row in rows}


def find_next_due(tx: Connection) -> datetime | None:
    """When the next letter falls due (in the past for one that is due now), or None when none waits."""
    earliest = select(func.min(letter_table.c.due_at))
    found = [
        tx.execute(earliest.where(letter_table.c.state == state)).scalar()
        for state in (LetterState.DUE, LetterState.RETRY)
    ]
    return min((moment for moment in found if moment is not None), default=None)


def letter_from_row(row: Row[Any]) -> Letter:
    """The letter in a row of the whole table."""
    return Letter(
        id=row.id,
        key=row.key,
        to=Address(row.messenger, row.address),
        thread=row.thread,
        kind=row.kind,
        priority=row.priority,
        data=row.data,
        state=LetterState(row.state),
        due_at=row.due_at,
        not_after=row.not_after,
        attempts=row.attempts,
        created_at=row.created_at,
        message_id=row.message_id,
        sent_at=row.sent_at,
    )
