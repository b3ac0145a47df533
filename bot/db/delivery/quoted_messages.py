"""Quotes: whose words and files each of our messages shows.

Invariants:

* The people who are quoted are locked first, in the order of their ids: if one of them is forgotten at the same time,
  either that finds the message, or the message finds them gone.
* A message that quotes somebody who is gone is recalled at once: it was on its way while they were forgotten.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, insert, select, update

from bot.db.delivery import recalls
from bot.db.delivery.recalls import RecallTarget
from bot.db.delivery.states import ErasureCause, MessageCarrier
from bot.db.delivery.tables import quoted_message_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.people.tables import customer_table
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Quotes:
    """Ids of the customers whose words or files a message shows, and what carries these words."""

    people: frozenset[int]
    carrier: MessageCarrier

    def to_data(self) -> dict[str, Any]:
        """Return it as JSON, as a letter keeps it."""
        return {"people": sorted(self.people), "carrier": self.carrier}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Quotes":
        return Quotes(frozenset(data["people"]), MessageCarrier(data["carrier"]))


def lock_people(tx: Connection, people: Collection[int]) -> frozenset[int]:
    """Keep these people from being forgotten until the end of ``tx``; return those who are not forgotten yet."""
    if not people:
        return frozenset()
    # Their key only: answers and settings of theirs may change meanwhile.
    wanted = select(customer_table.c.id).where(customer_table.c.id.in_(people)).order_by(customer_table.c.id)
    return frozenset(tx.scalars(wanted.with_for_update(read=True, key_share=True)))


def find_quotes(tx: Connection, to: Address, message_id: str) -> Quotes | None:
    """Return whom a message is known to quote; None if nobody."""
    rows = tx.execute(select(quoted_message_table).where(_is_message(to, message_id))).all()
    return Quotes(frozenset(row.customer_id for row in rows), rows[0].carrier) if rows else None


def add_quotes(tx: Connection, to: Address, message_id: str, quotes: Quotes, now: datetime) -> None:
    """Note that a message may quote these people from now on, beside those whom it quoted before."""
    present, known = lock_people(tx, quotes.people), find_quotes(tx, to, message_id)
    before = known.people if known is not None else frozenset[int]()
    common: dict[str, Any] = {"messenger": to.messenger, "address": to.id, "message_id": message_id}
    common |= {"carrier": quotes.carrier, "at": now}
    new = [common | {"customer_id": person} for person in sorted(present - before)]
    if new:
        tx.execute(insert(quoted_message_table), new)
    for gone in sorted(quotes.people - present):
        recalls.recall_late(tx, gone, RecallTarget(to, message_id, quotes.carrier), now)


def record_quotes(
    tx: Connection, to: Address, message_id: str, people: Collection[int], carrier: MessageCarrier, now: datetime
) -> None:
    """Replace whom a message is known to quote: it shows the words of these people, and of nobody else."""
    quotes = Quotes(frozenset(people), carrier)
    known = find_quotes(tx, to, message_id)
    if known is not None and (known.carrier is not carrier or known.people - quotes.people):
        others = quoted_message_table.c.customer_id.not_in(quotes.people) | (quoted_message_table.c.carrier != carrier)
        tx.execute(delete(quoted_message_table).where(_is_message(to, message_id), others))
    add_quotes(tx, to, message_id, quotes, now)


def list_by_customer(tx: Connection, customer_id: int) -> list[RecallTarget]:
    """Return every message that is known to quote a person."""
    wanted = select(quoted_message_table).where(quoted_message_table.c.customer_id == customer_id)
    wanted = wanted.order_by(quoted_message_table.c.at, quoted_message_table.c.message_id)
    return [_target_from_row(row) for row in tx.execute(wanted)]


def recall_in_chat(
    tx: Connection, customer_id: int, to: Address, now: datetime, questions: Collection[str] = ()
) -> None:
    """Take messages away from a chat that is a person's no longer: those that show their words; nobody is told.

    ``questions`` are the ids of messages there that ask them something, and go as well.
    """
    targets = [replace(each, is_own=True) for each in list_by_customer(tx, customer_id) if each.to == to]
    others = set(questions) - {target.message_id for target in targets}
    targets += [RecallTarget(to, number, MessageCarrier.TEXT, is_own=True) for number in sorted(others)]
    delete_messages(tx, targets)
    if targets:
        recalls.insert_erasure(tx, ErasureCause.GONE, targets, now)


def list_voices(tx: Connection, customer_id: int, before: datetime) -> list[RecallTarget]:
    """Return the voice messages of a person that we sent on before this time, as far as they are known."""
    is_voice = quoted_message_table.c.carrier == MessageCarrier.VOICE
    is_old = quoted_message_table.c.at < before
    wanted = select(quoted_message_table).where(quoted_message_table.c.customer_id == customer_id, is_voice, is_old)
    return [_target_from_row(row) for row in tx.execute(wanted)]


def _target_from_row(row: Row[Any]) -> RecallTarget:
    return RecallTarget(Address(row.messenger, row.address), row.message_id, row.carrier)


def move_quotes(tx: Connection, customer_id: int, into_id: int) -> None:
    """Make messages that quote a stranger quote the customer who they turn out to be."""
    table, other = quoted_message_table, quoted_message_table.alias("other")
    is_same = and_(*(other.c[name] == table.c[name] for name in ("messenger", "address", "message_id")))
    quotes_both = exists().where(is_same, other.c.customer_id == into_id)
    tx.execute(update(table).where(table.c.customer_id == customer_id, ~quotes_both).values(customer_id=into_id))


def delete_message(tx: Connection, to: Address, message_id: str) -> None:
    """Forget whom a message quotes: it is gone, or about to be taken away."""
    tx.execute(delete(quoted_message_table).where(_is_message(to, message_id)))


def delete_messages(tx: Connection, targets: Iterable[RecallTarget]) -> None:
    """Forget whom these messages quote."""
    by_chat: defaultdict[Address, list[str]] = defaultdict(list)
    for target in targets:
        by_chat[target.to].append(target.message_id)
    for chat, numbers in by_chat.items():
        for chunk in split_into_chunks(numbers):
            is_meant = _is_in_chat(chat) & quoted_message_table.c.message_id.in_(chunk)
            tx.execute(delete(quoted_message_table).where(is_meant))


def _is_message(to: Address, message_id: str) -> ColumnElement[bool]:
    return _is_in_chat(to) & (quoted_message_table.c.message_id == message_id)


def _is_in_chat(to: Address) -> ColumnElement[bool]:
    return (quoted_message_table.c.messenger == to.messenger) & (quoted_message_table.c.address == to.id)
