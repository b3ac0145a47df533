"""Updates as they came, each handled once.

An update is stored raw before it is acknowledged. The transaction that handles it marks it done and blanks what it
said: :class:`Handling` joins the first write that is made on its behalf. So whatever is told twice (a redelivery, a
crash, two processes) has one effect.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, delete, func, select, update

from bot.db.delivery.tables import inbox_table
from bot.db.engine.announcements import INBOX, announce
from bot.db.engine.upsert import insert

T = TypeVar("T")


class AlreadyHandled(Exception):  # noqa: N818 - not an error: somebody else was faster
    """This update was handled before; what this write would have done has been done."""


class UpdateHandling:
    """One update being handled: it is marked done in the first transaction that its handler writes."""

    def __init__(self, row_id: int, now: Callable[[], datetime]) -> None:
        self.row_id = row_id
        self.done = False
        self._now = now

    def mark_done(self, tx: Connection) -> None:
        """Run at the start of a write; raises AlreadyHandled when another process has finished this update."""
        if not self.done and not mark_done(tx, self.row_id, self._now()):
            raise AlreadyHandled

    def confirm(self) -> None:
        self.done = True


current: ContextVar[UpdateHandling | None] = ContextVar("handling", default=None)


@contextmanager
def on_behalf_of(handling: UpdateHandling | None) -> Iterator[None]:
    """The writes made inside belong to this update; to none with None."""
    token = current.set(handling)
    try:
        yield
    finally:
        current.reset(token)


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """An update as the messenger told it. ``chat`` is where it happened: updates of one chat are handled in order."""

    update_id: int
    chat: str | None
    payload: str


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    id: int
    update_id: int
    chat: str | None
    payload: str
    attempts: int


def insert_updates(tx: Connection, bot: str, updates: Sequence[RawUpdate], now: datetime) -> int:
    """Keep updates; those that were told before are passed over. Returns how many are new."""
    if not updates:
        return 0
    statement = (
        insert(tx, inbox_table).on_conflict_do_nothing(index_elements=["bot", "update_id"]).returning(inbox_table.c.id)
    )
    common = {"bot": bot, "state": "new", "attempts": 0, "received_at": now}
    rows = [common | {"update_id": raw.update_id, "chat": raw.chat, "payload": raw.payload} for raw in updates]
    announce(tx, INBOX)
    return len(tx.execute(statement, rows).all())


def list_waiting(tx: Connection, bot: str, limit: int) -> list[StoredUpdate]:
    """The oldest updates nobody has finished, in the order in which they came."""
    columns = (
        inbox_table.c.id,
        inbox_table.c.update_id,
        inbox_table.c.chat,
        inbox_table.c.payload,
        inbox_table.c.attempts,
    )
    wanted = (
        select(*columns)
        .where(inbox_table.c.state == "new", inbox_table.c.bot == bot)
        .order_by(inbox_table.c.id)
        .limit(limit)
    )
    return [StoredUpdate(*row) for row in tx.execute(wanted)]


def mark_done(tx: Connection, row_id: int, now: datetime) -> bool:
    """Mark an update done and forget what it said; False when somebody else was faster."""
    new = (inbox_table.c.id == row_id) & (inbox_table.c.state == "new")
    values = {"state": "done", "payload": None, "error": None, "handled_at": now}
    return tx.execute(update(inbox_table).where(new).values(values).returning(inbox_table.c.id)).first() is not None


def count_failure(tx: Connection, row_id: int, error: str) -> None:
    """One more try went wrong; ``error`` names the kind of it, never what was said."""
    values = {"attempts": inbox_table.c.attempts + 1, "error": error[:256]}
    tx.execute(update(inbox_table).where(inbox_table.c.id == row_id, inbox_table.c.state == "new").values(values))


def set_aside(tx: Connection, row_id: int, error: str, now: datetime) -> None:
    """Give an update up: it stays to be looked at and no longer holds up its chat."""
    values = {"state": "failed", "attempts": inbox_table.c.attempts + 1, "error": error[:256], "handled_at": now}
    tx.execute(update(inbox_table).where(inbox_table.c.id == row_id, inbox_table.c.state == "new").values(values))


def blank_chat(tx: Connection, chat: str) -> None:
    """Blank what a chat said and was not handled, and whose chat it was; part of forgetting a person."""
    over = (inbox_table.c.chat == chat) & (inbox_table.c.state != "new")
    tx.execute(update(inbox_table).where(over).values(chat=None, payload=None))


def delete_before(tx: Connection, before: datetime) -> int:
    """Delete what was finished before this moment.

    The messenger redelivers for a day at most, and after an idle week it may count update ids from anywhere: an old
    row would then swallow a new update.
    """
    old = delete(inbox_table).where(inbox_table.c.handled_at < before).returning(inbox_table.c.id)
    return len(tx.execute(old).all())


def count_by_state(tx: Connection) -> dict[str, int]:
    """How many updates are in each state."""
    return {
        row[0]: row[1] for row in tx.execute(select(inbox_table.c.state, func.count()).group_by(inbox_table.c.state))
    }
