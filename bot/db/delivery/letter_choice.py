"""Choose which letters leave next: one of each chat, and people in turns where letters are about people.

Invariants:

* In a chat a letter that is to be tried again goes first, and holds up the chat until it is due.
* Else the person goes next about whom the fewest letters left in this chat lately, and of equals the one whose letter
  waits longest. So somebody who writes a hundred messages to a team delays nobody's complaint. Letters about nobody
  count as about one person who never had a turn.
* Letters about one person keep their order, and so do all letters of a chat where none is about somebody else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, or_, select

from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class ChatTurns:
    """Turns that people had lately in one chat: how many letters about each (a customer's id) have started.

    ``is_crowded``: what is left of the chat's allowance is for people who had no turn.
    """

    counts: Mapping[int, int] = field(default_factory=dict)
    is_crowded: bool = False

    def count(self, about: int | None) -> int:
        return self.counts.get(about, 0) if about is not None else 0

    def admits(self, about: int | None) -> bool:
        """Return whether a letter about this person may leave now."""
        return not (self.is_crowded and self.count(about))


NO_TURNS: Mapping[Address, ChatTurns] = MappingProxyType({})
_NO_TURN = ChatTurns()


def pick_letters(
    tx: Connection, now: datetime, limit: int, cooling: Collection[Address], turns: Mapping[Address, ChatTurns]
) -> list[int]:
    """Return the ids of the letters to claim, one for each chat.

    Each statement here walks along one index. A single statement asks the planner for too much: with statistics from
    before 100,000 letters were posted, PostgreSQL once took nine minutes.
    """
    under_way = select(letter_table.c.messenger, letter_table.c.address).where(
        letter_table.c.state.in_((LetterState.LEASED, LetterState.SENDING))
    )
    passed = set(cooling) | {Address(row.messenger, row.address) for row in tx.execute(under_way)}
    due = select(letter_table.c.messenger, letter_table.c.address).where(letter_table.c.due_at <= now)
    due = due.order_by(letter_table.c.due_at)
    ids: list[int] = []

    def take(wanted: Select[tuple[str, str]], up_to: int) -> None:
        while len(ids) < up_to and (chats := _list_chats(tx, wanted, up_to - len(ids), passed)):
            ids.extend(_list_first_letters(tx, chats, now, turns))

    take(due.where(letter_table.c.state == LetterState.RETRY), limit)
    # Without this part, a steady flow of urgent letters would keep the others waiting for ever.
    take(due.where(letter_table.c.state == LetterState.DUE), min(limit, len(ids) + max(1, limit // 4)))
    priority = _find_next_priority(tx, None)
    while priority is not None and len(ids) < limit:
        take(due.where(letter_table.c.state == LetterState.DUE, letter_table.c.priority == priority), limit)
        priority = _find_next_priority(tx, priority)
    return ids


def _find_next_priority(tx: Connection, last: int | None) -> int | None:
    lowest = select(func.min(letter_table.c.priority)).where(letter_table.c.state == LetterState.DUE)
    return tx.execute(lowest if last is None else lowest.where(letter_table.c.priority > last)).scalar()


def _list_chats(tx: Connection, wanted: Select[tuple[str, str]], limit: int, passed: set[Address]) -> list[Address]:
    """Return the next chats of these letters that are not in ``passed``, each once, and add them to ``passed``."""
    for messenger in {chat.messenger for chat in passed}:
        ids = [chat.id for chat in passed if chat.messenger == messenger]
        wanted = wanted.where(~((letter_table.c.messenger == messenger) & letter_table.c.address.in_(ids)))
    rows = tx.execute(wanted.limit(4 * limit))  # several of these letters may go to the same chat
    chats = list(dict.fromkeys(Address(row.messenger, row.address) for row in rows))[:limit]
    passed.update(chats)
    return chats


def _list_first_letters(
    tx: Connection, chats: Sequence[Address], now: datetime, turns: Mapping[Address, ChatTurns]
) -> list[int]:
    """Return the letter of each chat that is to go next, if it is due, in the chats' order."""
    first: dict[Address, Row[Any]] = {}
    # The oldest comes first, so among those with equally many turns it stays.
    for row in _list_oldest_by_person(tx, chats, now):
        chat = Address(row.messenger, row.address)
        if (before := first.get(chat)) is not None and before.state is LetterState.RETRY:
            continue
        had = turns.get(chat, _NO_TURN)
        if row.state is LetterState.RETRY or (
            had.admits(row.about) and (before is None or had.count(row.about) < had.count(before.about))
        ):
            first[chat] = row
    return [first[chat].id for chat in chats if chat in first and first[chat].due_at <= now]


def _list_oldest_by_person(tx: Connection, chats: Sequence[Address], now: datetime) -> Sequence[Row[Any]]:
    """Return of each chat the oldest letter about each person, and of those to be tried again the oldest, in order."""
    is_retry = case((letter_table.c.state == LetterState.RETRY, 1), else_=0)
    line = letter_table.c.messenger, letter_table.c.address, letter_table.c.about, is_retry
    place = func.row_number().over(partition_by=line, order_by=(letter_table.c.due_at, letter_table.c.id))
    # Chats of several messengers may share an id: what is ranked too much is left out at the end.
    ours = letter_table.c.address.in_([chat.id for chat in chats]) & or_(
        (letter_table.c.state == LetterState.DUE) & (letter_table.c.due_at <= now),
        letter_table.c.state == LetterState.RETRY,
    )
    ranked = select(
        letter_table.c.id,
        letter_table.c.messenger,
        letter_table.c.address,
        letter_table.c.about,
        letter_table.c.state,
        letter_table.c.due_at,
        place.label("place"),
    )
    first = ranked.where(ours).subquery()
    return tx.execute(select(first).where(first.c.place == 1).order_by(first.c.due_at, first.c.id)).all()
