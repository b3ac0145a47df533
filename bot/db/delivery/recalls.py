"""Recalls: messages of ours that are taken away, because they show words of somebody who is forgotten, or old ones.

Invariants:

* A recall is stored in the transaction that erases the words, and is due until the message is gone or empty, or is
  known to remain: so neither a failure nor a crash loses it. Taking a message away twice does no harm.
* An erasure is one cause of recalls. It ends when the last of them does, and its rows are deleted once it is reported.
* Of a person who is forgotten an erasure keeps only where the numbers are to be reported, until they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, insert, select, update

from bot.db.delivery.states import ErasureCause, MessageCarrier, RecallState
from bot.db.delivery.tables import erasure_table, recall_table
from bot.db.engine.rows import address_reader, row_reader
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class RecallTarget:
    """Message that is to be taken away; ``carrier`` is None if no version of Tropa has stored it.

    ``is_own``: it is in the chat of the person who is forgotten. They see what happens there, so nobody is told.
    """

    to: Address
    message_id: str
    carrier: MessageCarrier | None = None
    case_number: int | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Recall:
    """Stored recall; ``attempts`` counts the tries that failed."""

    id: int
    erasure_id: int
    to: Address
    message_id: str
    carrier: MessageCarrier | None
    case_number: int | None
    is_own: bool
    state: RecallState
    attempts: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """Stored erasure; ``to`` is where its numbers are reported, None if nobody waits for them."""

    id: int
    cause: ErasureCause
    to: Address | None
    language: str | None
    at: datetime


_recall_from_row = row_reader(Recall, recall_table, to=address_reader(recall_table))
_erasure_from_row = row_reader(Erasure, erasure_table, to=address_reader(erasure_table))


def insert_erasure(
    tx: Connection,
    cause: ErasureCause,
    targets: Iterable[RecallTarget],
    now: datetime,
    *,
    about: int | None = None,
    report_to: Address | None = None,
    language: str | None = None,
) -> int:
    """Store an erasure with its recalls, due now; return its id. ``about``: the customer's id, who is gone."""
    columns = {"cause": cause, "about": about, "language": language, "at": now}
    if report_to is not None:
        columns |= {"messenger": report_to.messenger, "address": report_to.id}
    erasure_id = int(tx.execute(insert(erasure_table).values(columns).returning(erasure_table.c.id)).scalar_one())
    _insert_recalls(tx, erasure_id, targets, now)
    return erasure_id


def recall_late(tx: Connection, customer_id: int | None, target: RecallTarget, now: datetime) -> None:
    """Take a message away that is found later than the erasure of its words; nothing if it is being taken away.

    ``customer_id``: the id of the customer whom it quotes; None if only its case is known.
    """
    same = (recall_table.c.address == target.to.id) & (recall_table.c.message_id == target.message_id)
    same &= (recall_table.c.messenger == target.to.messenger) & (recall_table.c.state == RecallState.DUE)
    if tx.execute(select(recall_table.c.id).where(same).limit(1)).first() is not None:
        return
    if customer_id is None:
        insert_erasure(tx, ErasureCause.LATE, [target], now)
        return
    is_open = (erasure_table.c.about == customer_id) & erasure_table.c.ended_at.is_(None)
    row = tx.execute(select(erasure_table).where(is_open).order_by(erasure_table.c.id.desc()).limit(1)).first()
    if row is None:  # who erased them, and why, is not known any more
        insert_erasure(tx, ErasureCause.GONE, [target], now, about=customer_id)
    else:
        is_own = target.to == Address(row.messenger or "", row.address or "")
        _insert_recalls(tx, row.id, [replace(target, is_own=is_own)], now)


def recall_by_age(tx: Connection, targets: Sequence[RecallTarget], now: datetime) -> None:
    """Take messages away because their time is over: with those that are being taken away for that, so that people get
    one list of what remains.
    """
    is_open = (erasure_table.c.cause == ErasureCause.AGE) & erasure_table.c.ended_at.is_(None)
    row = tx.execute(select(erasure_table.c.id).where(is_open).limit(1)).first()
    if row is not None:
        _insert_recalls(tx, row.id, targets, now)
    elif targets:
        insert_erasure(tx, ErasureCause.AGE, targets, now)


def _insert_recalls(tx: Connection, erasure_id: int, targets: Iterable[RecallTarget], now: datetime) -> None:
    common = {"erasure_id": erasure_id, "state": RecallState.DUE, "attempts": 0, "due_at": now}
    rows = [
        common
        | {"messenger": each.to.messenger, "address": each.to.id, "message_id": each.message_id}
        | {"carrier": each.carrier, "case_number": each.case_number, "is_own": each.is_own}
        for each in targets
    ]
    if rows:
        tx.execute(insert(recall_table), rows)


def list_due(tx: Connection, now: datetime, *, of_chat: int, limit: int) -> list[Recall]:
    """Return recalls that are due, at most ``of_chat`` of each chat: one chat with many holds up no other."""
    return [_recall_from_row(row) for row in tx.execute(_DUE, {"now": now, "of_chat": of_chat, "most": limit})]


def _select_due() -> Select[Any]:
    line = recall_table.c.messenger, recall_table.c.address
    place = func.row_number().over(partition_by=line, order_by=(recall_table.c.due_at, recall_table.c.id))
    is_due = (recall_table.c.state == RecallState.DUE) & (recall_table.c.due_at <= bindparam("now"))
    due = select(recall_table, place.label("place")).where(is_due).subquery()
    first = select(due.c.id).where(due.c.place <= bindparam("of_chat")).order_by(due.c.place, due.c.id)
    is_first = recall_table.c.id.in_(first.limit(bindparam("most")))
    return select(recall_table).where(is_first).order_by(recall_table.c.id)


_DUE = _select_due()  # built once: a tick runs it every two seconds


def record_end(tx: Connection, recall_id: int, state: RecallState, reason: str | None = None) -> None:
    """Store what became of a message; ``reason`` is the messenger's sentence."""
    values = {"state": state, "reason": reason[:256] if reason else None}
    tx.execute(update(recall_table).where(_is_due(recall_id)).values(values))


def record_failure(tx: Connection, recall_id: int, due_at: datetime, reason: str) -> None:
    """Let a recall be tried again at ``due_at``."""
    values = {"attempts": recall_table.c.attempts + 1, "due_at": due_at, "reason": reason[:256]}
    tx.execute(update(recall_table).where(_is_due(recall_id)).values(values))


def _is_due(recall_id: int) -> ColumnElement[bool]:
    return (recall_table.c.id == recall_id) & (recall_table.c.state == RecallState.DUE)


def find_erasure(tx: Connection, erasure_id: int) -> Erasure | None:
    row = tx.execute(select(erasure_table).where(erasure_table.c.id == erasure_id)).first()
    return _erasure_from_row(row) if row else None


_WAITS = (
    select(recall_table.c.id)
    .where(recall_table.c.erasure_id == erasure_table.c.id, recall_table.c.state == RecallState.DUE)
    .exists()
)
_FINISHED = select(erasure_table).where(erasure_table.c.ended_at.is_(None), ~_WAITS).order_by(erasure_table.c.id)
_ANY_FINISHED = _FINISHED.limit(1)


def is_any_finished(tx: Connection) -> bool:
    """Return whether all recalls of an erasure have ended that is not reported yet."""
    return tx.execute(_ANY_FINISHED).first() is not None


def list_finished(tx: Connection) -> list[Erasure]:
    """Return the erasures whose recalls have all ended, and that are not reported yet."""
    return [_erasure_from_row(row) for row in tx.execute(_FINISHED.with_for_update())]


def mark_ended(tx: Connection, erasure_id: int, now: datetime) -> None:
    tx.execute(update(erasure_table).where(erasure_table.c.id == erasure_id).values(ended_at=now))


def list_remaining(tx: Connection, erasure_id: int) -> list[Recall]:
    """Return the messages of others' chats that could be neither deleted nor emptied."""
    remains = (recall_table.c.state == RecallState.REMAINS) & recall_table.c.is_own.is_(False)
    wanted = select(recall_table).where(recall_table.c.erasure_id == erasure_id, remains)
    return [_recall_from_row(row) for row in tx.execute(wanted.order_by(recall_table.c.id))]


def count_by_state(tx: Connection, erasure_id: int) -> dict[RecallState, int]:
    """Return how many messages of others' chats are in each state; states without any are left out."""
    counted = (recall_table.c.erasure_id == erasure_id) & recall_table.c.is_own.is_(False)
    number = func.count().label("messages")
    rows = tx.execute(select(recall_table.c.state, number).where(counted).group_by(recall_table.c.state))
    return {row.state: row.messages for row in rows}


def delete_unreported(tx: Connection, reader: Address) -> None:
    """Delete erasures that wait for their report to this chat, because its letter is deleted."""
    theirs = (erasure_table.c.messenger == reader.messenger) & (erasure_table.c.address == reader.id)
    tx.execute(delete(erasure_table).where(theirs, erasure_table.c.ended_at.is_not(None)))


def delete_erasure(tx: Connection, erasure_id: int) -> None:
    """Delete an erasure and its recalls: everybody who had to be told is told."""
    tx.execute(delete(erasure_table).where(erasure_table.c.id == erasure_id))
