"""Inbox: updates as the messenger sent them, each handled once.

Invariants:

* An update is stored unparsed before it is acknowledged, so none is lost.
* The first write of its handler also marks an update done (:class:`UpdateHandling`). An update that comes twice (a
  redelivery, a crash, two processes) therefore changes the database once.
* An update that is done keeps neither its payload nor its chat: what people said stays only where it is needed.
* Updates of one chat are handled in the order in which they came.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, select, update

from bot.db.delivery.states import InboxState
from bot.db.delivery.tables import inbox_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import row_reader
from bot.db.engine.upsert import insert


class AlreadyHandled(Exception):  # noqa: N818 - no error: the work is done, by another process
    """Raised in a write that handles an update which was handled before; the write is rolled back."""


class UpdateHandling:
    """One update while it is handled.

    Pass `mark_done` and `confirm` to `bot.db.engine.joined_write.next_write_also` around its handler.
    """

    def __init__(self, row_id: int, now: Callable[[], datetime]) -> None:
        self.row_id = row_id
        self.is_done = False
        self._now = now

    def mark_done(self, tx: Connection) -> None:
        """Mark the update done. Raises AlreadyHandled when another process has finished it."""
        if not mark_done(tx, self.row_id, self._now()):
            raise AlreadyHandled

    def confirm(self) -> None:
        """Note that the transaction which marked the update done is durable."""
        self.is_done = True


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """Update as the messenger sent it; ``chat`` is its chat, else its person, else None."""

    update_id: int
    chat: str | None
    payload: str


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """Update that waits to be handled; ``attempts`` counts the tries that failed."""

    id: int
    update_id: int
    chat: str | None
    payload: str
    attempts: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingUpdate:
    """Id and chat of an update that waits to be handled, without its payload."""

    id: int
    chat: str | None


_update_from_row = row_reader(StoredUpdate, inbox_table)


def insert_updates(tx: Connection, bot: str, updates: Sequence[RawUpdate], now: datetime) -> list[StoredUpdate]:
    """Store updates; return those that are new, in the order given. Those that are known already are left out."""
    if not updates:
        return []
    statement = (
        insert(tx, inbox_table)
        .on_conflict_do_nothing(index_elements=["bot", "update_id"])
        .returning(inbox_table.c.id, inbox_table.c.update_id)
    )
    common = {"bot": bot, "state": InboxState.NEW, "attempts": 0, "received_at": now}
    rows = [common | {"update_id": raw.update_id, "chat": raw.chat, "payload": raw.payload} for raw in updates]
    ids = {row.update_id: row.id for row in tx.execute(statement, rows)}
    return [
        StoredUpdate(ids.pop(raw.update_id), raw.update_id, raw.chat, raw.payload, 0, now)
        for raw in updates
        if raw.update_id in ids
    ]


def list_waiting(tx: Connection, bot: str, *, of_chat: int, limit: int) -> list[WaitingUpdate]:
    """Return updates that are not handled yet: the first of every chat, then the second of every chat and so on.

    At most ``of_chat`` of each chat and ``limit`` of all. Only ids are read: a long backlog costs little.
    """
    place = func.row_number().over(partition_by=inbox_table.c.chat, order_by=inbox_table.c.id).label("place")
    columns = (inbox_table.c.id, inbox_table.c.chat, place)
    waiting = select(*columns).where(inbox_table.c.state == InboxState.NEW, inbox_table.c.bot == bot).subquery()
    first = select(waiting.c.id, waiting.c.chat).where(waiting.c.place <= of_chat)
    rows = tx.execute(first.order_by(waiting.c.place, waiting.c.id).limit(limit))
    return [WaitingUpdate(row.id, row.chat) for row in rows]


def load_updates(tx: Connection, ids: Sequence[int]) -> list[StoredUpdate]:
    """Return the updates with these ids that still wait, in the order in which they came."""
    found = []
    for chunk in split_into_chunks(sorted(ids)):
        waiting = inbox_table.c.id.in_(chunk) & (inbox_table.c.state == InboxState.NEW)
        found += [_update_from_row(row) for row in tx.execute(select(inbox_table).where(waiting))]
    return sorted(found, key=attrgetter("id"))


def is_any_waiting(tx: Connection, bot: str) -> bool:
    """Return whether an update of this bot waits to be handled."""
    waiting = exists().where(inbox_table.c.state == InboxState.NEW, inbox_table.c.bot == bot)
    return bool(tx.execute(select(waiting)).scalar())


def mark_done(tx: Connection, row_id: int, now: datetime) -> bool:
    """Mark an update done and blank its payload and chat; return False when another process was faster."""
    return _MARK_DONE.find_row(tx, {"row_id": row_id, "handled_at": now}) is not None


# Built once: every update needs it, and building it costs more than running it.
_MARK_DONE = PreparedStatement(
    update(inbox_table)
    .where(inbox_table.c.id == bindparam("row_id"), inbox_table.c.state == InboxState.NEW)
    .values(state=InboxState.DONE, payload=None, chat=None, error=None, handled_at=bindparam("handled_at"))
    .returning(inbox_table.c.id)
)


def count_failure(tx: Connection, row_id: int, error: str) -> None:
    """Record a try that failed; ``error`` names the kind of error, never what people wrote."""
    values = {"attempts": inbox_table.c.attempts + 1, "error": error[:256]}  # the column's length
    tx.execute(update(inbox_table).where(_is_new(row_id)).values(values))


def set_aside(tx: Connection, row_id: int, error: str, now: datetime) -> None:
    """Give an update up: it no longer holds up its chat, and stays to be looked at for a while."""
    values = {
        "state": InboxState.FAILED,
        "attempts": inbox_table.c.attempts + 1,
        "error": error[:256],
        "handled_at": now,
    }
    tx.execute(update(inbox_table).where(_is_new(row_id)).values(values))


def _is_new(row_id: int) -> ColumnElement[bool]:
    return (inbox_table.c.id == row_id) & (inbox_table.c.state == InboxState.NEW)


def blank_chat(tx: Connection, chat: str) -> None:
    """Blank the payloads and the chat of a person's updates, as part of forgetting them.

    Updates that still wait are left: they lose both once they are done.
    """
    over = (inbox_table.c.chat == chat) & (inbox_table.c.state != InboxState.NEW)
    tx.execute(update(inbox_table).where(over).values(chat=None, payload=None))


def drop_waiting(tx: Connection, chat: str) -> None:
    """Mark a person's waiting updates done without handling them: what they said must not come back once erased."""
    waiting = (inbox_table.c.chat == chat) & (inbox_table.c.state == InboxState.NEW)
    values = {"state": InboxState.DONE, "payload": None, "chat": None, "handled_at": inbox_table.c.received_at}
    tx.execute(update(inbox_table).where(waiting).values(values))


def delete_done(tx: Connection, before: datetime) -> int:
    """Delete updates that were done before this time; return how many.

    The messenger redelivers for a day at most, and after an idle week it may count update ids from anywhere: an old
    row would then swallow a new update.
    """
    done = (inbox_table.c.state == InboxState.DONE) & (inbox_table.c.handled_at < before)
    return len(tx.execute(delete(inbox_table).where(done).returning(inbox_table.c.id)).all())


def count_by_state(tx: Connection) -> dict[InboxState, int]:
    """Return how many updates are in each state; states without updates are left out."""
    rows = tx.execute(select(inbox_table.c.state, func.count().label("updates")).group_by(inbox_table.c.state))
    return {row.state: row.updates for row in rows}
