"""The way of a letter through the outbox, one transaction a step: claim, mark as sending, record.

Chats are claimed, not letters: of each chat only the oldest due letter can be taken, and none while another of it is
under way, so a chat reads in order. Every step names the leader's epoch: one who was replaced changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, or_, select, update

from bot.db.delivery.letters import Letter, LetterState, letter_from_row
from bot.db.delivery.tables import letter_table
from bot.db.engine.tables import lease_table
from cjm.address import Address

SENDER = "sender"  # the lease's name


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """What a try came to. ``due_at`` only when it will be tried again."""

    state: LetterState
    attempts: int
    reason: str | None = None
    due_at: datetime | None = None
    message_id: str | None = None


def claim(tx: Connection, *, now: datetime, limit: int, epoch: int, cooling: Collection[Address] = ()) -> list[Letter]:
    """Lease up to ``most`` letters of as many chats.

    What waits for another try goes first; a quarter goes to those that have waited longest, whatever their kind, so
    that none starves; the rest by priority. An urgent letter pulls the older ones of its chat along.
    """
    if tx.execute(select(_is_replaced(epoch))).scalar():
        return []
    # What a leader leased in the moment in which it was replaced would lie there for ever.
    orphaned = (letter_table.c.state == LetterState.LEASED) & (letter_table.c.epoch < epoch)
    tx.execute(update(letter_table).where(orphaned).values(state=LetterState.DUE))
    ids = _pick_letters(tx, now, limit, cooling)
    return _lease_letters(tx, ids, epoch) if ids else []


def can_claim(tx: Connection, now: datetime) -> bool:
    """Whether any letter could be claimed now if no chat had to cool down."""
    return bool(_pick_letters(tx, now, 1, ()))


def _pick_letters(tx: Connection, now: datetime, limit: int, cooling: Collection[Address]) -> list[int]:
    """The letters to be claimed, one a chat.

    Each statement here is a walk along one index. In one statement this asks the planner for too much: with statistics
    from before 100,000 letters were posted PostgreSQL once took nine minutes.
    """
    under_way = select(letter_table.c.messenger, letter_table.c.address).where(
        letter_table.c.state.in_((LetterState.LEASED, LetterState.SENDING))
    )
    passed = set(cooling) | {Address(row.messenger, row.address) for row in tx.execute(under_way)}
    due = select(letter_table.c.messenger, letter_table.c.address).where(letter_table.c.due_at <= now)
    due = due.order_by(letter_table.c.due_at)
    ids: list[int] = []

    def take(wanted: Select[tuple[str, str]], share: int) -> None:
        while len(ids) < share and (chats := _list_chats(tx, wanted, share - len(ids), passed)):
            ids.extend(_list_first_letters(tx, chats, now))

    take(due.where(letter_table.c.state == LetterState.RETRY), limit)
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
    """The next chats of these letters, each once; they are added to ``passed``, which are left out."""
    for messenger in {chat.messenger for chat in passed}:
        ids = [chat.id for chat in passed if chat.messenger == messenger]
        wanted = wanted.where(~((letter_table.c.messenger == messenger) & letter_table.c.address.in_(ids)))
    rows = tx.execute(wanted.limit(4 * limit))
    found = list(dict.fromkeys(Address(row.messenger, row.address) for row in rows))[:limit]
    passed.update(found)
    return found


def _list_first_letters(tx: Connection, chats: Sequence[Address], now: datetime) -> list[int]:
    """Of each chat what goes first: a letter that waits for another try, else the oldest; in the order of the chats."""
    oldest = case((letter_table.c.state == LetterState.RETRY, 0), else_=1), letter_table.c.due_at, letter_table.c.id
    place = func.row_number().over(partition_by=(letter_table.c.messenger, letter_table.c.address), order_by=oldest)
    ours = letter_table.c.address.in_([chat.id for chat in chats]) & letter_table.c.state.in_(
        (LetterState.DUE, LetterState.RETRY)
    )
    ranked = select(
        letter_table.c.id, letter_table.c.messenger, letter_table.c.address, letter_table.c.due_at, place.label("place")
    )
    first = ranked.where(ours).subquery()
    rows = tx.execute(select(first).where(first.c.place == 1, first.c.due_at <= now))
    found = {Address(row.messenger, row.address): row.id for row in rows}
    return [found[chat] for chat in chats if chat in found]


def _lease_letters(tx: Connection, ids: list[int], epoch: int) -> list[Letter]:
    # As an expression the state has no index, which SQLite would prefer to the ids and walk through all that is due.
    free = letter_table.c.id.in_(ids) & letter_table.c.state.concat("").in_((LetterState.DUE, LetterState.RETRY))
    taken = tx.execute(
        update(letter_table).where(free).values(state=LetterState.LEASED, epoch=epoch).returning(letter_table)
    )
    return sorted((letter_from_row(row) for row in taken), key=lambda one: ids.index(one.id))


def mark_sending(tx: Connection, letter_id: int, epoch: int) -> bool:
    """The last step before the call. False: a newer leader has taken over, or the letter was taken back."""
    mine = (
        (letter_table.c.id == letter_id)
        & (letter_table.c.state == LetterState.LEASED)
        & (letter_table.c.epoch == epoch)
    )
    marked = (
        update(letter_table)
        .where(mine, ~_is_replaced(epoch))
        .values(state=LetterState.SENDING)
        .returning(letter_table.c.id)
    )
    return tx.execute(marked).first() is not None


def _is_replaced(epoch: int) -> ColumnElement[bool]:
    return select(lease_table.c.name).where(lease_table.c.name == SENDER, lease_table.c.epoch > epoch).exists()


def give_back(tx: Connection, letter_id: int, epoch: int) -> None:
    """A leased letter that was not tried after all is due as it was."""
    mine = (
        (letter_table.c.id == letter_id)
        & (letter_table.c.state == LetterState.LEASED)
        & (letter_table.c.epoch == epoch)
    )
    tx.execute(update(letter_table).where(mine).values(state=LetterState.DUE))


def give_back_all_but(tx: Connection, at_work: Collection[int], epoch: int) -> None:
    """Letters that a fault left lying: due as they were, unless they may have left already."""
    mine = (letter_table.c.epoch == epoch) & letter_table.c.id.not_in(at_work)
    tx.execute(
        update(letter_table).where(mine, letter_table.c.state == LetterState.LEASED).values(state=LetterState.DUE)
    )
    lost = {"state": LetterState.UNKNOWN, "reason": "a fault while sending"}
    tx.execute(update(letter_table).where(mine, letter_table.c.state == LetterState.SENDING).values(lost))


def record(tx: Connection, letter_id: int, epoch: int, result: AttemptRecord, now: datetime) -> bool:
    """Note what a try came to. Who was replaced meanwhile may still tell that it arrived, and nothing else."""
    open_states = [
        LetterState.LEASED,
        LetterState.SENDING,
        *([LetterState.UNKNOWN] if result.state is LetterState.SENT else []),
    ]
    mine = (letter_table.c.id == letter_id) & letter_table.c.state.in_(open_states) & (letter_table.c.epoch == epoch)
    values: Mapping[str, object] = {
        "state": result.state,
        "attempts": result.attempts,
        "reason": result.reason[:256] if result.reason else None,
        "message_id": result.message_id,
        "sent_at": now if result.state is LetterState.SENT else None,
    } | ({"due_at": result.due_at} if result.due_at else {})
    return tx.execute(update(letter_table).where(mine).values(values).returning(letter_table.c.id)).first() is not None


def take_over(tx: Connection, epoch: int) -> list[Letter]:
    """What earlier leaders left: leased letters are due again, those that were being sent are unknown (returned)."""
    earlier = or_(letter_table.c.epoch.is_(None), letter_table.c.epoch < epoch)
    tx.execute(
        update(letter_table).where(letter_table.c.state == LetterState.LEASED, earlier).values(state=LetterState.DUE)
    )
    # A crash between the call and its record leaves SENDING: it may have arrived, so it is never sent again by itself.
    lost = update(letter_table).where(letter_table.c.state == LetterState.SENDING, earlier)
    rows: list[Row[tuple[object, ...]]] = list(
        tx.execute(lost.values(state=LetterState.UNKNOWN, reason="stopped while sending").returning(letter_table))
    )
    return [letter_from_row(row) for row in rows]
