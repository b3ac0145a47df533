"""The letters a case causes: posted here, in the transaction of their cause; said by `bot.outbox.letters.case_*`.

Each key names its cause, so a cause that happens twice sends nothing twice. A case nobody looks after yet posts nothing
to a team: it waits with ``team`` None until :func:`hand_over` finds somebody.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseReader, CaseRouting
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection
from bot.db.people import customers
from cjm.address import Address
from cjm.cases.case import Case, CaseAuthor

CARD, NOTICE, REPLY, RECEIPT = "case_card", "case_notice", "case_reply", "case_receipt"

COMPLAINT, LISTENING, DRAFT = "complaint", "case", "draft"
"""Kinds of prompt: the next message opens a case; is added to case ``ref``; is added to draft ``ref``."""

SECOND_THOUGHTS = timedelta(seconds=10)
"""A team member who closed a case by mistake has so long to reopen it before the customer is told."""


def hand_over(tx: Connection, desk: CaseRouting, case: Case, now: datetime, again: str = "") -> Case:
    """Send the card to whoever looks after the case, with photos and voices below; the case then knows its team."""
    return give_to(tx, desk.readers(tx, case.journey), case, now, again)


def give_to(tx: Connection, readers: list[CaseReader], case: Case, now: datetime, again: str = "") -> Case:
    """The same, to these. ``again`` tells a card that was asked for from the first one."""
    if not readers:
        return case
    said = cases.messages(tx, case.number)
    upto = said[-1].id if said else 0
    for reader in readers:
        key = f"case_card:{case.number}:{reader.address}{again}"
        data = {"case": case.number, "upto": upto, "team": reader.team, "timezone": reader.timezone}
        letters.post(tx, _to_reader(key, CARD, reader, data, now, LetterPriority.CARD), now)
        for message in said:
            if message.author is CaseAuthor.CUSTOMER and message.said.file_id and not again:
                letters.post(tx, _said(reader, case, message.id, now), now)
    return case if again else cases.save(tx, case, replace(case, team=readers[0].team))


def tell_said(tx: Connection, desk: CaseRouting, case: Case, message_id: int, now: datetime) -> None:
    """The customer added something to a case that was handed over before."""
    if case.team is not None:
        readers = desk.readers(tx, case.journey)
        letters.post(tx, [_said(reader, case, message_id, now) for reader in readers], now)


def _said(reader: CaseReader, case: Case, message_id: int, now: datetime) -> NewLetter:
    data = {"case": case.number, "what": "said", "message": message_id}
    return _to_reader(f"case_said:{message_id}:{reader.address}", NOTICE, reader, data, now, LetterPriority.CARD)


def tell_not_solved(tx: Connection, desk: CaseRouting, case: Case, now: datetime) -> None:
    """The customer reopened the case; ``case`` still tells when it was closed."""
    closed = case.closed_at or now
    for reader in desk.readers(tx, case.journey):
        key = f"case_not_solved:{case.number}:{closed.timestamp():.0f}:{reader.address}"
        data = {"case": case.number, "what": "not_solved"}
        letters.post(tx, _to_reader(key, NOTICE, reader, data, now, LetterPriority.CARD), now)


def tell_fate(tx: Connection, reply: letters.Letter, what: str, now: datetime) -> None:
    """Tell the one of the team who answered what became of the answer: ``what`` is a letter's final state."""
    data = {k: reply.data[k] for k in ("case", "message", "reply_to", "language")} | {"what": what, "letter": reply.id}
    new = NewLetter(
        key=f"case_fate:{reply.data['message']}:{what}:{reply.attempts}",
        to=Address.parse(reply.data["chat"]),
        kind=NOTICE,
        priority=LetterPriority.ALERT,
        due_at=now,
        data=data,
        thread=reply.data["thread"],
    )
    letters.post(tx, new, now)


def _to_reader(
    key: str, kind: str, reader: CaseReader, data: dict[str, Any], now: datetime, priority: LetterPriority
) -> NewLetter:
    return NewLetter(key, reader.address, kind, priority, now, data | {"language": reader.language}, reader.thread)


def answer_customer(
    tx: Connection, case: Case, message_id: int, reader: CaseReader, reply_to: str, now: datetime
) -> bool:
    """Send a team's words on; False when the customer has no chat with us (any more).

    What became of it will be told in the ``reader``'s chat, in reply to the member's message ``reply_to``.
    """
    chat = {"chat": str(reader.address), "thread": reader.thread, "language": reader.language, "reply_to": reply_to}
    data = {"case": case.number, "message": message_id} | chat
    return _to_customer(tx, case, f"case_reply:{message_id}", REPLY, LetterPriority.ALERT, data, now)


def confirm(tx: Connection, case: Case, what: str, key: str, now: datetime, due_at: datetime | None = None) -> bool:
    """Tell the customer that something they did has arrived, or that their case was closed."""
    data = {"case": case.number, "what": what}
    return _to_customer(tx, case, f"case_{what}:{key}", RECEIPT, LetterPriority.CONFIRMATION, data, now, due_at)


def _to_customer(
    tx: Connection,
    case: Case,
    key: str,
    kind: str,
    priority: LetterPriority,
    data: dict[str, Any],
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    person = customers.by_id(tx, case.customer_id)
    if person is None or person.address is None:
        return False
    letters.post(tx, NewLetter(key, person.address, kind, priority, due_at or now, data), now)
    return True


def listen(tx: Connection, who: Address, number: int, now: datetime, album: str | None = None) -> None:
    """What the person sends next is added to this case, unless they were asked something else meanwhile."""
    waiting = awaited_texts.current(tx, who)
    if waiting is None or waiting.kind in (COMPLAINT, LISTENING, DRAFT):
        awaited_texts.put(tx, who, AwaitedText(LISTENING, now, number, {"album": album}))
