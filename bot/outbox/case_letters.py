"""Letters that a case causes: posted here, in the transaction of their cause; rendered by `bot.outbox.letters.case_*`.

Invariants:

* Each key names its cause, so a cause that is handled twice sends nothing twice.
* A case without readers posts nothing to teams or managers: its ``team`` stays None until :func:`hand_over_case`
  finds a reader; it is "" when managers read the case.
* A letter's data holds ids, causes, states and settings of its reader, never words: those stand in the case's
  messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import CASE_TEXTS, AwaitedText, AwaitedTextKind
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseReader, CaseRouting
from bot.db.cases.cases import CaseMessage
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection
from bot.db.people import customers
from bot.messages.message import utf16_length
from bot.outbox.kinds import LetterName
from cjm.address import Address
from cjm.cases.case import Case, CaseAuthor
from cjm.cases.intake import Keeping, KeptReason


class CaseNoticeCause(StrEnum):
    """Cause of a notice to the team; a notice about the team's answer has the answer's `LetterState` instead."""

    ADDITION = "said"
    NOT_SOLVED = "not_solved"


class ReceiptCause(StrEnum):
    """Cause of a receipt to the customer."""

    OPENED = "opened"
    ADDED = "added"
    TAKEN = "taken"
    CLOSED = "closed"
    JOINED = "joined"  # the words are in a case that they had: they have many
    KEPT = "kept"  # the team is told later, see `cjm.cases.intake`


MOST_MESSAGE_UNITS = 1500  # UTF-16 units of one message on a card; a longer one is cut there

_KEPT = ":kept:"  # in the keys of cards that tell of kept messages

TIME_TO_REOPEN = timedelta(seconds=10)
"""Time for a member of the team to reopen a case that was closed by mistake, before the customer is told."""

TIME_TO_ANSWER = timedelta(minutes=1)
"""Time for a member of the team to answer a case that they took: their answer tells the customer more than we would."""


def hand_over_case(tx: Connection, routing: CaseRouting, case: Case, now: datetime, key_suffix: str = "") -> Case:
    """Post the card to all who look after the case; return the case with its team.

    Below the card come the customer's files, and whole those of the customer's messages that the card cuts.
    """
    return post_cards(tx, routing.list_readers(tx, case.journey), case, now, key_suffix)


def post_cards(
    tx: Connection,
    readers: list[CaseReader],
    case: Case,
    now: datetime,
    key_suffix: str = "",
    messages: Sequence[CaseMessage] | None = None,
    due_at: datetime | None = None,
) -> Case:
    """Post the card to these readers; return the case with its team.

    ``messages`` are those of the case, when the caller knows them. A card that comes once more needs a ``key_suffix``
    of its own. It shows the case as it stands then, with nothing below it.
    """
    if not readers:
        return case
    messages = cases.list_messages(tx, case.number) if messages is None else messages
    posted = []
    # Messages that come while the card waits to leave are posted below it, so the card must not show them as well.
    last_message = messages[-1].id if messages else 0
    for reader in readers:
        key = f"case_card:{case.number}:{reader.address}{key_suffix}"
        data: dict[str, Any] = {
            "upto": None if key_suffix else last_message,
            "team": reader.team,
            "timezone": reader.timezone,
        }
        posted.append(_letter_to_reader(key, LetterName.CASE_CARD, reader, case, data, due_at or now))
        for message in messages:
            is_partly_shown = message.text.file_id or utf16_length(message.text.text) > MOST_MESSAGE_UNITS
            is_below = message.author is CaseAuthor.CUSTOMER and is_partly_shown and not message.kept
            if is_below and not key_suffix:
                posted.append(_addition_letter(reader, case, message.id, now))
    letters.post(tx, posted, now)
    return case if key_suffix else cases.save(tx, case, replace(case, team=readers[0].team))


def post_card_later(tx: Connection, routing: CaseRouting, case: Case, due_at: datetime, now: datetime) -> None:
    """Show a case at ``due_at`` to those who look after it, once for all that is kept in it until then."""
    if case.team is not None:
        suffix = f"{_KEPT}{due_at:%Y%m%d%H%M}"
        post_cards(tx, routing.list_readers(tx, case.journey), case, now, suffix, due_at=due_at)


def stop_letters(tx: Connection, customer_id: int, journey: str | None) -> None:
    """Keep what readers of a journey would still be told of a person who was muted; first cards go out all the same."""
    numbers = {case.number for case in cases.list_about(tx, customer_id, journey)}
    unsent = letters.list_unsent_about(tx, customer_id, (LetterName.CASE_CARD, LetterName.CASE_NOTICE))
    stopped = [
        each
        for each in unsent
        if each.data["case"] in numbers and (each.data.get("what") == CaseNoticeCause.ADDITION or _KEPT in each.key)
    ]
    letters.withdraw(tx, [each.key for each in stopped], "the customer was muted")
    cases.mark_kept(tx, [each.data["message"] for each in stopped if "message" in each.data], is_kept=True)


def post_kept_messages(
    tx: Connection, reader: CaseReader, case: Case, message_ids: Sequence[int], now: datetime
) -> None:
    """Show messages that were kept to a reader who asked for them, also those that were stopped when they were due."""
    posted = [_addition_letter(reader, case, each, now) for each in message_ids]
    letters.post(tx, [replace(each, key=f"{each.key}{_KEPT}") for each in posted], now)


def post_addition(tx: Connection, routing: CaseRouting, case: Case, message_id: int, now: datetime) -> None:
    """Show the customer's addition to those who look after the case, if it was handed over before."""
    if case.team is not None:
        readers = routing.list_readers(tx, case.journey)
        letters.post(tx, [_addition_letter(reader, case, message_id, now) for reader in readers], now)


def _addition_letter(reader: CaseReader, case: Case, message_id: int, now: datetime) -> NewLetter:
    data = {"what": CaseNoticeCause.ADDITION, "message": message_id}
    return _letter_to_reader(
        f"case_said:{message_id}:{reader.address}", LetterName.CASE_NOTICE, reader, case, data, now
    )


def post_not_solved(tx: Connection, routing: CaseRouting, case: Case, now: datetime) -> None:
    """Tell the team that the customer reopened the case; ``case`` still says when it was closed."""
    closed = case.closed_at or now
    for reader in routing.list_readers(tx, case.journey):
        # A case may be reopened several times: each closing allows one notice.
        key = f"case_not_solved:{case.number}:{closed.timestamp():.0f}:{reader.address}"
        data = {"what": CaseNoticeCause.NOT_SOLVED}
        letters.post(tx, _letter_to_reader(key, LetterName.CASE_NOTICE, reader, case, data, now), now)


def post_reply_outcome(tx: Connection, reply: letters.Letter, state: LetterState, now: datetime) -> None:
    """Tell the member of the team who answered in which ``state`` the letter with the answer ended."""
    kept = {key: reply.data[key] for key in ("case", "message", "reply_to", "language")}
    new = NewLetter(
        # An answer that was sent again ends again: the number of tries tells the notices apart.
        key=f"case_fate:{reply.data['message']}:{state}:{reply.attempts}",
        to=Address.parse(reply.data["chat"]),
        kind=LetterName.CASE_NOTICE,
        priority=LetterPriority.ALERT,
        due_at=now,
        data=kept | {"what": state, "letter": reply.id},
        thread=reply.data["thread"],
    )
    letters.post(tx, new, now)


def _letter_to_reader(
    key: str, kind: str, reader: CaseReader, case: Case, data: dict[str, Any], due_at: datetime
) -> NewLetter:
    return NewLetter(
        key=key,
        to=reader.address,
        kind=kind,
        priority=LetterPriority.CARD,
        due_at=due_at,
        data={"case": case.number, "language": reader.language} | data,
        thread=reader.thread,
        about=case.customer_id,
    )


def post_reply(tx: Connection, case: Case, message_id: int, reader: CaseReader, reply_to: str, now: datetime) -> bool:
    """Pass the team's words on to the customer; False when the customer has no chat with us (any more).

    The ``reader``'s chat is told later what became of it, in reply to the member's message ``reply_to``.
    """
    chat = {"chat": str(reader.address), "thread": reader.thread, "language": reader.language, "reply_to": reply_to}
    data = {"case": case.number, "message": message_id} | chat
    return _post_to_customer(
        tx, case, f"case_reply:{message_id}", LetterName.CASE_REPLY, LetterPriority.ALERT, data, now
    )


def post_receipt(
    tx: Connection, case: Case, cause: ReceiptCause, key: str, now: datetime, due_at: datetime | None = None
) -> bool:
    """Tell the customer that their case was opened, added to, taken or closed; False when they have no chat with us."""
    data = {"case": case.number, "what": cause}
    return _post_to_customer(
        tx, case, f"case_{cause}:{key}", LetterName.CASE_RECEIPT, LetterPriority.CONFIRMATION, data, now, due_at
    )


def post_joined_receipt(tx: Connection, case: Case, open_cases: int, now: datetime) -> None:
    """Tell the customer that they have many open cases, and that their words are in this one; once a minute."""
    data = {"case": case.number, "what": ReceiptCause.JOINED, "open": open_cases}
    key = f"case_joined:{case.customer_id}:{case.number}:{now:%Y%m%d%H%M}"
    _post_to_customer(tx, case, key, LetterName.CASE_RECEIPT, LetterPriority.CONFIRMATION, data, now)


def post_kept_receipt(tx: Connection, case: Case, keeping: Keeping, now: datetime) -> None:
    """Tell the customer that their messages are kept, and when the team looks: once a mute, or once a day."""
    once = f"{keeping.until:%Y%m%d%H%M}" if keeping.reason is KeptReason.MUTED else f"{now:%Y%m%d}"
    data = {"case": case.number, "what": ReceiptCause.KEPT, "why": keeping.reason, "until": keeping.until.isoformat()}
    key = f"case_kept:{case.customer_id}:{case.journey or ''}:{keeping.reason}:{once}"
    _post_to_customer(tx, case, key, LetterName.CASE_RECEIPT, LetterPriority.CONFIRMATION, data, now)


def _post_to_customer(
    tx: Connection,
    case: Case,
    key: str,
    kind: str,
    priority: LetterPriority,
    data: dict[str, Any],
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    customer = customers.find_by_id(tx, case.customer_id)
    if customer is None or customer.address is None:
        return False
    letters.post(tx, NewLetter(key, customer.address, kind, priority, due_at or now, data), now)
    return True


def await_addition(
    tx: Connection, customer: Address, number: int, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """Add the customer's next message to this case, unless a text about something else is awaited from them.

    ``data``: what the receiver of that message has to know of those before it.
    """
    waiting = awaited_texts.find(tx, customer)
    if waiting is None or waiting.kind in CASE_TEXTS:
        awaited_texts.save(tx, customer, AwaitedText(AwaitedTextKind.ADDITION, now, number, data or {}))
