"""Letters: every message that is sent unprompted or must arrive, stored with its cause and kept after its end.

Invariants:

* A letter is posted in the transaction of its cause, under a unique key: when the cause is repeated, the letter is not.
* `bot.db.delivery.states` draws the states; `bot.db.delivery.letter_steps` makes the steps of sending.
* A letter holds ids, and words only where they are frozen: those are deleted with the person's other data.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from bot.db.delivery import quoted_messages
from bot.db.delivery.quoted_messages import Quotes
from bot.db.delivery.states import REPEATABLE_STATES, UNFINISHED_STATES, UNSENT_STATES, LetterState
from bot.db.delivery.tables import letter_table
from bot.db.engine.announcements import LETTERS, announce
from bot.db.engine.rows import address_reader, changes_row, row_reader
from bot.db.engine.upsert import Prepared
from cjm.address import Address

_POST = Prepared(
    letter_table, lambda new: new.on_conflict_do_nothing(index_elements=["key"]).returning(letter_table.c.key)
)


class LetterPriority(IntEnum):
    """Order in which letters go when many are due, the smallest number first; `letter_steps.claim` has exceptions."""

    REPLY = 0
    CONFIRMATION = 5
    ALERT = 10
    CARD = 20
    DIGEST = 30
    INVITATION = 50
    REMINDER = 60


@dataclass(frozen=True, slots=True)
class NewLetter:
    """Letter to post. ``data`` holds ids, or frozen words: the message is rendered just before sending.

    After ``not_after`` the letter is dropped instead of sent. A ``held`` letter waits for :func:`release`. ``about`` is
    the id of the customer whom a letter to others is about: people have turns in a chat.
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
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """Stored letter. ``attempts`` counts the tries so far; ``message_id`` is the messenger's, once it was sent.

    ``unknown_at`` is set once a try may have arrived, and is cleared only when a person lets it be sent again.
    ``quotes`` are the `bot.db.delivery.quoted_messages.Quotes` of a letter once its first call begins.
    """

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
    unknown_at: datetime | None = None
    about: int | None = None
    quotes: Mapping[str, Any] | None = None


letter_from_row = row_reader(Letter, letter_table, to=address_reader(letter_table))


def post(tx: Connection, letters: NewLetter | Sequence[NewLetter], now: datetime) -> list[bool]:
    """Store letters to be sent; return for each whether it is new (False: its key was posted before)."""
    letters = [letters] if isinstance(letters, NewLetter) else letters
    if not letters:
        return []
    rows: dict[str, dict[str, Any]] = {}
    for letter in letters:
        rows.setdefault(letter.key, _letter_columns(letter, now))
    new_keys = set(tx.execute(_POST(tx), list(rows.values())).scalars())
    announce(tx, LETTERS)
    return [_take_key(new_keys, letter.key) for letter in letters]


def _take_key(new_keys: set[str], key: str) -> bool:
    """Remove ``key`` and return whether it was there: a second letter with the same key in one batch is not new."""
    is_new = key in new_keys
    new_keys.discard(key)
    return is_new


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
        "about": new.about,
    }


def release(tx: Connection, key: str, due_at: datetime) -> bool:
    """Let a held letter go at ``due_at``; return False when it is not held, or not any more."""
    held = update(letter_table).where(letter_table.c.key == key, letter_table.c.state == LetterState.HELD)
    announce(tx, LETTERS)
    return changes_row(tx, held.values(state=LetterState.DUE, due_at=due_at).returning(letter_table.c.id))


def withdraw(tx: Connection, keys: str | Iterable[str], reason: str) -> list[str]:
    """Drop letters that no worker has taken yet; return the keys of those that were dropped in time."""
    wanted = [keys] if isinstance(keys, str) else list(keys)
    unsent = letter_table.c.key.in_(wanted) & letter_table.c.state.in_(UNSENT_STATES)
    drop = update(letter_table).where(unsent).values(state=LetterState.DROPPED, reason=reason)
    return list(tx.execute(drop.returning(letter_table.c.key)).scalars())


def send_again(tx: Connection, letter_id: int, now: datetime) -> bool:
    """Send a letter once more that may have arrived, because a person asked for it; return False for any other."""
    unknown = update(letter_table).where(letter_table.c.id == letter_id, letter_table.c.state == LetterState.UNKNOWN)
    announce(tx, LETTERS)
    values = {"state": LetterState.DUE, "due_at": now, "reason": None, "unknown_at": None}
    return changes_row(tx, unknown.values(values).returning(letter_table.c.id))


def mark_arrived(tx: Connection, key: str, message_id: str, now: datetime) -> bool:
    """Record that a letter arrived that may have: somebody tapped on it or answered it. It is not repeated then.

    It is stored whom it quotes. If one of them is forgotten by now, it is taken away.
    """
    row = tx.execute(_MARK_ARRIVED, {"letter_key": key, "message_id": message_id, "sent_at": now}).first()
    if row is not None:
        _record_quotes(tx, letter_from_row(row), message_id, now)
    return row is not None


def _record_quotes(tx: Connection, letter: Letter, message_id: str, now: datetime) -> None:
    if letter.quotes is not None:
        quoted_messages.add_quotes(tx, letter.to, message_id, Quotes.from_data(letter.quotes), now)


_IS_IN_DOUBT = letter_table.c.unknown_at.is_not(None) & letter_table.c.state.in_(
    (*REPEATABLE_STATES, LetterState.UNKNOWN)
)
_MARK_ARRIVED = (
    update(letter_table)
    .where(letter_table.c.key == bindparam("letter_key"), _IS_IN_DOUBT)
    .values(state=LetterState.SENT, reason=None, message_id=bindparam("message_id"), sent_at=bindparam("sent_at"))
    .returning(letter_table)
)


def find_doubted(tx: Connection, to: Address, kinds: Collection[str], about: Mapping[str, Any]) -> Letter | None:
    """Return the latest letter to this chat that may have arrived; ``about`` is part of its data.

    It may be on its way: people answer a message before Telegram's answer to its call is here. Or it may have arrived
    at an earlier try, and have been repeated since: a message that we do not know can be its first copy.
    """
    may_be_there = letter_table.c.unknown_at.is_not(None) | (letter_table.c.state == LetterState.SENDING)
    doubted = select(letter_table).where(_is_to(to), letter_table.c.kind.in_(kinds), may_be_there)
    letters = map(letter_from_row, tx.execute(doubted.order_by(letter_table.c.id.desc())))
    return next((letter for letter in letters if about.items() <= letter.data.items()), None)


def prove_arrival(
    tx: Connection, to: Address, kinds: Collection[str], about: Mapping[str, Any], message_id: str, now: datetime
) -> Letter | None:
    """Take a tap on a message that we do not know, or a reply to it, as the proof that a letter arrived.

    Return the letter if one was in doubt (see `find_doubted`): it is not repeated any more, or both copies arrived.
    Return None when the message is known to be that of a letter. A message that shows words of somebody who is
    forgotten by now is taken away.
    """
    if tx.execute(select(letter_table.c.id).where(_is_to(to), letter_table.c.message_id == message_id)).first():
        return None  # it proves nothing about a letter that is in doubt
    letter = find_doubted(tx, to, kinds, about)
    if letter is not None and not mark_arrived(tx, letter.key, message_id, now):
        _record_quotes(tx, letter, message_id, now)
    return letter


def _is_to(to: Address) -> ColumnElement[bool]:
    return (letter_table.c.messenger == to.messenger) & (letter_table.c.address == to.id)


def count_unknown_by_kind(tx: Connection, since: datetime) -> dict[str, int]:
    """Return how many letters became UNKNOWN since then and are so still, by kind; kinds without any are left out."""
    is_recent = (letter_table.c.state == LetterState.UNKNOWN) & (letter_table.c.unknown_at >= since)
    count = select(letter_table.c.kind, func.count().label("letters")).where(is_recent).group_by(letter_table.c.kind)
    return {row.kind: row.letters for row in tx.execute(count)}


def find_by_key(tx: Connection, key: str) -> Letter | None:
    row = tx.execute(select(letter_table).where(letter_table.c.key == key)).first()
    return letter_from_row(row) if row else None


def mark_all_sent(tx: Connection, now: datetime, keys: Collection[str] | None = None) -> None:
    """Record what waits as sent, without sending it: the letters with these keys, None for all.

    For simulated customers, who look at no chat.
    """
    waiting: ColumnElement[bool] = letter_table.c.state.in_(UNSENT_STATES)
    if keys is not None:
        waiting &= letter_table.c.key.in_(keys)
    tx.execute(update(letter_table).where(waiting).values(state=LetterState.SENT, sent_at=now))


def delete_letter(tx: Connection, letter_id: int) -> None:
    """Delete a letter that has ended and must not be kept."""
    tx.execute(delete(letter_table).where(letter_table.c.id == letter_id))


def delete_ended(tx: Connection, before: datetime) -> None:
    """Delete letters that ended and were due before this time: they name a chat, and some hold frozen words."""
    ended = [state for state in LetterState if state not in UNFINISHED_STATES]
    tx.execute(delete(letter_table).where(letter_table.c.state.in_(ended), letter_table.c.due_at < before))


def delete_by_address(tx: Connection, to: Address, kinds: Collection[str] | None = None) -> None:
    """Delete the letters to this chat, of all kinds or of some: some hold frozen words of a person who leaves it."""
    is_meant = _is_to(to) if kinds is None else _is_to(to) & letter_table.c.kind.in_(kinds)
    tx.execute(delete(letter_table).where(is_meant))


def move_about(tx: Connection, customer_id: int, into_id: int) -> None:
    """Make letters to others about a stranger those about the customer who they turn out to be."""
    tx.execute(update(letter_table).where(letter_table.c.about == customer_id).values(about=into_id))


def forget_about(tx: Connection, customer_id: int) -> None:
    """Take a person's id from the letters to others, as part of forgetting them."""
    tx.execute(update(letter_table).where(letter_table.c.about == customer_id).values(about=None))


def count_doubted_about(tx: Connection, customer_id: int) -> int:
    """Return how many letters to others about a person may have arrived or not."""
    doubted = select(func.count()).where(letter_table.c.about == customer_id, _IS_IN_DOUBT)
    return int(tx.execute(doubted).scalar_one())


def list_unsent_about(tx: Connection, customer_id: int, kinds: Collection[str]) -> list[Letter]:
    """Return letters of these kinds about a person that no worker has taken yet."""
    meant = (letter_table.c.about == customer_id) & letter_table.c.kind.in_(kinds)
    wanted = select(letter_table).where(meant, letter_table.c.state.in_(UNSENT_STATES))
    return [letter_from_row(row) for row in tx.execute(wanted)]


def readdress(tx: Connection, old: Address, new: Address, kinds: Collection[str] | None = None) -> None:
    """Send the unfinished letters of chat ``old`` to chat ``new``, of all kinds or of some."""
    is_meant = letter_table.c.state.in_(UNFINISHED_STATES) & _is_to(old)
    if kinds is not None:
        # Those that may have arrived too: a member of the team can still let one be sent again.
        is_meant = letter_table.c.state.in_((*UNFINISHED_STATES, LetterState.UNKNOWN)) & _is_to(old)
        is_meant &= letter_table.c.kind.in_(kinds)
    tx.execute(update(letter_table).where(is_meant).values(messenger=new.messenger, address=new.id))


def count_by_state(tx: Connection) -> dict[LetterState, int]:
    """Return how many letters are in each state; states without letters are left out."""
    rows = tx.execute(select(letter_table.c.state, func.count().label("letters")).group_by(letter_table.c.state))
    return {row.state: row.letters for row in rows}


def find_next_due(tx: Connection) -> datetime | None:
    """Return when the next letter falls due (in the past for one that is due now), or None when none waits."""
    times = [tx.scalar(earliest) for earliest in _NEXT_DUE]
    return min((time for time in times if time is not None), default=None)


# One query for each state: each is a single look into the index by state and time. Built once: each round runs them.
_NEXT_DUE = [
    select(func.min(letter_table.c.due_at)).where(letter_table.c.state == state)
    for state in (LetterState.DUE, LetterState.RETRY)
]
