"""Work that does not get on: what waits too long, and what a chat refused. Read by `/readyz` and `tropa doctor`.

Every query looks at the ends of an index, so that asking every few seconds costs little.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from bot.db.delivery.states import InboxState, LetterState
from bot.db.delivery.tables import inbox_table, letter_table
from bot.db.engine.database import Connection
from cjm.address import Address

_REFUSED = (LetterState.REJECTED, LetterState.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class LetterProgress:
    """State of a letter, when it is or was due, and the reason of that state if it has one."""

    state: LetterState
    due_at: datetime
    reason: str | None


def find_oldest_update_time(tx: Connection, bot: str | None) -> datetime | None:
    """Return when the update came that has waited longest to be handled; ``bot``: only updates of this one."""
    waiting = select(inbox_table.c.received_at).where(inbox_table.c.state == InboxState.NEW)
    if bot is not None:
        waiting = waiting.where(inbox_table.c.bot == bot)
    return tx.scalar(waiting.order_by(inbox_table.c.id).limit(1))


def find_refusal(tx: Connection, to: Address, thread: int | None) -> LetterProgress | None:
    """Return the latest letter to a chat, or to a topic of it, if it was refused and none has arrived since."""
    refused = _find_latest(tx, to, thread, letter_table.c.state.in_(_REFUSED))
    arrived = _find_latest(tx, to, thread, letter_table.c.state == LetterState.SENT)
    if refused is not None and arrived is not None and arrived.due_at > refused.due_at:
        return None
    return refused


def list_undelivered_since(tx: Connection, to: Address, kind: str, since: datetime) -> list[LetterProgress]:
    """Return the letters of a kind to a chat that fell due then or later, and are not known to have arrived."""
    theirs = (letter_table.c.messenger == to.messenger) & (letter_table.c.address == to.id)
    undelivered = [state for state in LetterState if state not in (LetterState.SENT, LetterState.DROPPED)]
    is_late = letter_table.c.state.in_(undelivered) & (letter_table.c.due_at >= since)
    return _read_progress(tx, theirs & is_late & (letter_table.c.kind == kind))


def _find_latest(tx: Connection, to: Address, thread: int | None, state: ColumnElement[bool]) -> LetterProgress | None:
    there = (letter_table.c.messenger == to.messenger) & (letter_table.c.address == to.id)
    return next(iter(_read_progress(tx, there & (letter_table.c.thread == thread) & state, limit=1)), None)


def _read_progress(tx: Connection, which: ColumnElement[bool], limit: int = 100) -> list[LetterProgress]:
    columns = (letter_table.c.state, letter_table.c.due_at, letter_table.c.reason)
    rows = tx.execute(select(*columns).where(which).order_by(letter_table.c.due_at.desc()).limit(limit))
    return [LetterProgress(row.state, row.due_at, row.reason) for row in rows]
