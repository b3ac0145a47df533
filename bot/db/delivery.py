"""The way of a letter through the outbox, one transaction a step: claim, mark as sending, record.

Chats are claimed, not letters: of each chat only the oldest due letter can be taken, and none while another of it is
under way, so a chat reads in order. Every step names the leader's epoch: one who was replaced changes nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, update

from bot.db.letters import Letter, State, read
from bot.db.rows import lease, letter
from cjm.address import Address

SENDER = "sender"  # the lease's name
other = letter.alias("other")


@dataclass(frozen=True, slots=True)
class Record:
    """What a try came to. ``due_at`` only when it will be tried again."""

    state: State
    attempts: int
    reason: str | None = None
    due_at: datetime | None = None
    message_id: str | None = None


def claim(tx: Connection, *, now: datetime, most: int, epoch: int, cooling: Collection[Address] = ()) -> list[Letter]:
    """Lease up to ``most`` letters of as many chats.

    What waits for another try goes first; a quarter goes to those that have waited longest, whatever their kind, so
    that none starves; the rest by priority.
    """
    if tx.execute(select(_replaced(epoch))).scalar():
        return []
    # What a leader leased in the moment in which it was replaced would lie there for ever.
    orphaned = (letter.c.state == State.LEASED) & (letter.c.epoch < epoch)
    tx.execute(update(letter).where(orphaned).values(state=State.DUE))
    chosen: list[int] = []
    oldest_first = (letter.c.due_at, letter.c.id)
    _choose(tx, _retries(now, cooling).order_by(*oldest_first), most, chosen)
    _choose(tx, _due(now, cooling).order_by(*oldest_first), min(most, len(chosen) + max(1, most // 4)), chosen)
    priority = _next_priority(tx, None)
    while priority is not None and len(chosen) < most:
        # One priority after the other, each in its index's order: sorting all that is due took 140 ms at 100,000.
        wanted = _due(now, cooling).where(letter.c.priority == priority)
        _choose(tx, wanted.order_by(*oldest_first), most, chosen)
        priority = _next_priority(tx, priority)
    return _lease(tx, chosen, epoch) if chosen else []


def _choose(tx: Connection, wanted: Select[int], most: int, chosen: list[int]) -> None:
    """Add the first of ``wanted`` until there are ``most``."""
    if len(chosen) < most:
        found = tx.execute(wanted.limit(most)).scalars()
        chosen.extend([one for one in found if one not in chosen][: most - len(chosen)])


def _next_priority(tx: Connection, last: int | None) -> int | None:
    lowest = select(func.min(letter.c.priority)).where(letter.c.state == State.DUE)
    return tx.execute(lowest if last is None else lowest.where(letter.c.priority > last)).scalar()


def can_claim(tx: Connection, now: datetime) -> bool:
    """Whether any letter could be claimed now if no chat had to cool down."""
    return any(tx.execute(wanted.limit(1)).first() for wanted in (_retries(now, ()), _due(now, ())))


def _lease(tx: Connection, ids: list[int], epoch: int) -> list[Letter]:
    free = letter.c.id.in_(ids) & letter.c.state.in_((State.DUE, State.RETRY))
    taken = tx.execute(update(letter).where(free).values(state=State.LEASED, epoch=epoch).returning(letter))
    return sorted((read(row) for row in taken), key=lambda one: ids.index(one.id))


def _retries(now: datetime, cooling: Collection[Address]) -> Select[int]:
    in_the_way = or_(
        other.c.state.in_((State.LEASED, State.SENDING)),
        and_(other.c.state == State.RETRY, other.c.id < letter.c.id),
    )
    return _free(State.RETRY, now, cooling, in_the_way)


def _due(now: datetime, cooling: Collection[Address]) -> Select[int]:
    older = or_(other.c.due_at < letter.c.due_at, and_(other.c.due_at == letter.c.due_at, other.c.id < letter.c.id))
    in_the_way = or_(
        other.c.state.in_((State.LEASED, State.SENDING, State.RETRY)), and_(other.c.state == State.DUE, older)
    )
    return _free(State.DUE, now, cooling, in_the_way)


def _free(state: State, now: datetime, cooling: Collection[Address], in_the_way: ColumnElement[bool]) -> Select[int]:
    same_chat = (other.c.messenger == letter.c.messenger) & (other.c.address == letter.c.address)
    blocked = select(other.c.id).where(same_chat, other.c.id != letter.c.id, in_the_way).exists()
    wanted = select(letter.c.id).where(letter.c.state == state, letter.c.due_at <= now, ~blocked)
    for messenger in {chat.messenger for chat in cooling}:
        ids = [chat.id for chat in cooling if chat.messenger == messenger]
        wanted = wanted.where(~((letter.c.messenger == messenger) & letter.c.address.in_(ids)))
    return wanted


def mark_sending(tx: Connection, letter_id: int, epoch: int) -> bool:
    """The last step before the call. False: a newer leader has taken over, or the letter was taken back."""
    mine = (letter.c.id == letter_id) & (letter.c.state == State.LEASED) & (letter.c.epoch == epoch)
    marked = update(letter).where(mine, ~_replaced(epoch)).values(state=State.SENDING).returning(letter.c.id)
    return tx.execute(marked).first() is not None


def _replaced(epoch: int) -> ColumnElement[bool]:
    return select(lease.c.name).where(lease.c.name == SENDER, lease.c.epoch > epoch).exists()


def give_back(tx: Connection, letter_id: int, epoch: int) -> None:
    """A leased letter that was not tried after all is due as it was."""
    mine = (letter.c.id == letter_id) & (letter.c.state == State.LEASED) & (letter.c.epoch == epoch)
    tx.execute(update(letter).where(mine).values(state=State.DUE))


def give_back_all_but(tx: Connection, at_work: Collection[int], epoch: int) -> None:
    """Letters that a fault left lying: due as they were, unless they may have left already."""
    mine = (letter.c.epoch == epoch) & letter.c.id.not_in(at_work)
    tx.execute(update(letter).where(mine, letter.c.state == State.LEASED).values(state=State.DUE))
    lost = {"state": State.UNKNOWN, "reason": "a fault while sending"}
    tx.execute(update(letter).where(mine, letter.c.state == State.SENDING).values(lost))


def record(tx: Connection, letter_id: int, epoch: int, result: Record, now: datetime) -> bool:
    """Note what a try came to. Who was replaced meanwhile may still tell that it arrived, and nothing else."""
    open_states = [State.LEASED, State.SENDING, *([State.UNKNOWN] if result.state is State.SENT else [])]
    mine = (letter.c.id == letter_id) & letter.c.state.in_(open_states) & (letter.c.epoch == epoch)
    values: Mapping[str, object] = {
        "state": result.state,
        "attempts": result.attempts,
        "reason": result.reason[:256] if result.reason else None,
        "message_id": result.message_id,
        "sent_at": now if result.state is State.SENT else None,
    } | ({"due_at": result.due_at} if result.due_at else {})
    return tx.execute(update(letter).where(mine).values(values).returning(letter.c.id)).first() is not None


def take_over(tx: Connection, epoch: int) -> list[Letter]:
    """What earlier leaders left: leased letters are due again, those that were being sent are unknown (returned)."""
    earlier = or_(letter.c.epoch.is_(None), letter.c.epoch < epoch)
    tx.execute(update(letter).where(letter.c.state == State.LEASED, earlier).values(state=State.DUE))
    # A crash between the call and its record leaves SENDING: it may have arrived, so it is never sent again by itself.
    lost = update(letter).where(letter.c.state == State.SENDING, earlier)
    rows: list[Row[tuple[object, ...]]] = list(
        tx.execute(lost.values(state=State.UNKNOWN, reason="stopped while sending").returning(letter))
    )
    return [read(row) for row in rows]
