"""Receive an unexpected message: anything a customer sends that no survey question or setting asked for.

The first rule that fits decides:

* A reply to one of our messages about a case is added to that case.
* Within an hour after the last word about a case, a message is added to it.
* Within a day after /complain, the first message opens a case; who has many open ones finds it in the latest.
* Anything else is kept as a draft, and the customer is asked what it is.

In each case the message is stored before anything is sent. What comes quickly, or in one album, is confirmed or asked
about once: the pictures of an album are messages of their own, and people write in several short ones.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import CASE_TEXTS, AwaitedText, AwaitedTextKind
from bot.db.cases import cases, drafts
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.kept_mutes import ensure_writer
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import SubjectKind
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox import case_letters
from bot.outbox.case_letters import ReceiptCause
from bot.outbox.letters.draft_question import post_draft_question
from bot.usecases.cases.case_access import CaseSnapshot, load_snapshot
from bot.usecases.cases.case_opening import FiledWords, add_to_case, open_case
from cjm.address import Address
from cjm.cases.case import Case, CaseKind, CaseOrigin, CaseText
from cjm.cases.intake import CaseLimits
from cjm.conversation.comments import COMMENT_ADDITION_PERIOD

ADDITION_PERIOD = timedelta(hours=1)
"""After the last word about a case, the next message is taken for more of it for so long."""

COMPLAINT_PERIOD = timedelta(days=1)
"""After /complain, the next message opens the case for so long."""

MOST_DRAFT_TEXTS = 100
"""Messages of one draft at most: each of them stores all of it again."""

ANSWER_PERIOD = timedelta(seconds=10)
"""A receipt, or the question what a message is, stands for what comes so soon after it, or after what it stands for."""

LONGEST_ANSWER_PERIOD = timedelta(minutes=5)
"""So long it stands at most, however quickly more comes."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """Message of a customer: its id and content, the id of the message it replies to, and the id of its album."""

    message_id: str
    text: CaseText
    reply_to: str | None = None
    album: str | None = None


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case was opened; a letter tells the customer its number."""

    case: int


@dataclass(frozen=True, slots=True)
class AddedToCase:
    """The message was added to a case, whose cards are to show it; a letter confirms several quick ones once."""

    snapshot: CaseSnapshot


@dataclass(frozen=True, slots=True)
class MessageKept:
    """The message was added to a case whose cards do not change now: the team is told later (`cjm.cases.intake`)."""

    case: int


@dataclass(frozen=True, slots=True)
class DraftKept:
    """The message was kept as a draft; a letter asks what it is, once for several quick ones.

    ``case`` is the number of an open case that it may belong to.
    """

    draft: int
    case: int | None


@dataclass(frozen=True, slots=True)
class MessageSender:
    """Writer of the message, and the text that is awaited from them."""

    address: Address
    person: Customer
    awaited: AwaitedText | None


class ReceiveMessage:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting, limits: CaseLimits | None = None) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing
        self._limits = limits or CaseLimits()

    async def is_about_case(self, address: Address, reply_to: str | None) -> bool:
        """Return whether this person's next message opens a case or is added to one, without asking them."""
        now = self._clock.now()
        return await self._db.read(lambda tx: _is_about_case(tx, address, reply_to, now))

    async def may_have_passed_on(self, address: Address) -> bool:
        """Return whether an earlier message of this person may be before the team, or may still be passed on."""

        def read(tx: Connection) -> bool:
            person, awaited = customers.find_by_address(tx, address), awaited_texts.find(tx, address)
            has_draft = awaited is not None and awaited.kind is AwaitedTextKind.DRAFT
            return has_draft or (person is not None and cases.find_latest_open(tx, person.id) is not None)

        return await self._db.read(read)

    async def __call__(
        self, address: Address, language: str | None, message: IncomingMessage
    ) -> CaseOpened | AddedToCase | MessageKept | DraftKept:
        """Store the message where it belongs. ``language`` is that of the sender's phone, for strangers."""
        now = self._clock.now()
        return await self._db.write(lambda tx: self._receive(tx, address, language, message, now))

    def _receive(
        self, tx: Connection, address: Address, language: str | None, message: IncomingMessage, now: datetime
    ) -> CaseOpened | AddedToCase | MessageKept | DraftKept:
        person = ensure_writer(tx, address, language, now)
        sender = MessageSender(address, person, awaited_texts.find(tx, address))
        case = _find_own_case(tx, sender, message.reply_to, now)
        if case is not None:
            return self._add(tx, sender, case, message, now)
        if is_complaint_awaited(sender.awaited, now):
            return self._open(tx, sender, message, now)
        return keep_draft(tx, sender, message, now)

    def _open(
        self, tx: Connection, sender: MessageSender, message: IncomingMessage, now: datetime
    ) -> CaseOpened | AddedToCase | MessageKept:
        data = sender.awaited.data if sender.awaited is not None else {}
        filed = open_case(
            tx,
            self._routing,
            sender.person,
            CaseKind.COMPLAINT,
            CaseOrigin.COMMAND,
            [message.text],
            now,
            journey=data.get("journey"),
            subject=data.get("place"),
            limits=self._limits,
        )
        case_letters.await_addition(tx, sender.address, filed.case.number, now, {"album": message.album})
        return CaseOpened(filed.case.number) if filed.is_new else self._describe_addition(tx, filed)

    def _describe_addition(self, tx: Connection, filed: FiledWords) -> AddedToCase | MessageKept:
        if filed.is_kept:
            return MessageKept(filed.case.number)
        return AddedToCase(load_snapshot(tx, self._routing, filed.case.number))

    def _add(
        self, tx: Connection, sender: MessageSender, case: Case, message: IncomingMessage, now: datetime
    ) -> AddedToCase | MessageKept:
        filed = add_to_case(tx, self._routing, case, message.text, now, self._limits)
        answered = _LastAnswer.read(sender.awaited, AwaitedTextKind.ADDITION, case.number)
        if not filed.is_kept and not answered.covers(message, now):
            key = f"{case.number}:{sender.address.id}:{message.message_id}"
            case_letters.post_receipt(tx, case, ReceiptCause.ADDED, key, now)
        case_letters.await_addition(tx, sender.address, case.number, now, answered.make_data(message, now))
        return self._describe_addition(tx, filed)


def _is_about_case(tx: Connection, address: Address, reply_to: str | None, now: datetime) -> bool:
    awaited = awaited_texts.find(tx, address)
    if is_complaint_awaited(awaited, now):
        return True
    person = customers.find_by_address(tx, address)
    return person is not None and _find_own_case(tx, MessageSender(address, person, awaited), reply_to, now) is not None


def is_complaint_awaited(awaited: AwaitedText | None, now: datetime) -> bool:
    """Return whether the next text was asked for as a complaint, not too long ago."""
    return awaited is not None and awaited.kind == AwaitedTextKind.COMPLAINT and now - awaited.at <= COMPLAINT_PERIOD


def _find_own_case(tx: Connection, sender: MessageSender, reply_to: str | None, now: datetime) -> Case | None:
    """Find the sender's case that a message belongs to: the one it replies to, else the one just written about."""
    about, awaited = message_subjects.find(tx, sender.address, reply_to) if reply_to else None, sender.awaited
    if about is not None and about.kind is SubjectKind.CUSTOMER_MESSAGE:
        number: int | None = about.ref
    elif awaited is not None and awaited.kind == AwaitedTextKind.ADDITION and now - awaited.at <= ADDITION_PERIOD:
        number = awaited.ref
    else:
        return None
    case = cases.find_by_number(tx, number) if number is not None else None
    # An address can change hands: words are added to a case only if it is the sender's own.
    return case if case is not None and case.customer_id == sender.person.id else None


@dataclass(frozen=True, slots=True)
class _LastAnswer:
    """Our last receipt or question about the same case or draft: when it was posted, and for which album.

    ``last_at`` is when the last message came that it stands for.
    """

    album: str | None = None
    at: datetime | None = None
    last_at: datetime | None = None

    @staticmethod
    def read(awaited: AwaitedText | None, kind: AwaitedTextKind, ref: int) -> "_LastAnswer":
        if awaited is None or awaited.kind is not kind or awaited.ref != ref:
            return _LastAnswer()
        answered_at = awaited.data.get("answered_at")
        at = datetime.fromisoformat(answered_at) if answered_at else None
        return _LastAnswer(awaited.data.get("album"), at, awaited.at)

    def covers(self, message: IncomingMessage, now: datetime) -> bool:
        """Tell whether it stands for this message, too."""
        if message.album is not None and message.album == self.album:
            return True
        if self.at is None or self.last_at is None or now - self.at >= LONGEST_ANSWER_PERIOD:
            return False
        return now - self.last_at < ANSWER_PERIOD

    def make_data(self, message: IncomingMessage, now: datetime) -> dict[str, str | None]:
        """Return what the next message has to know of it."""
        at = self.at if self.covers(message, now) else now
        return {"album": message.album, "answered_at": at.isoformat() if at else None}


def keep_draft(tx: Connection, sender: MessageSender, message: IncomingMessage, now: datetime) -> DraftKept:
    """Keep the message as a draft, together with the unsettled draft of the last hour if more of it is awaited."""
    awaited = sender.awaited
    draft_id = _append_to_draft(tx, sender, message, now)
    if draft_id is None:
        draft_id = drafts.insert_draft(tx, sender.address, message.text, now)
    answered = _LastAnswer.read(awaited, AwaitedTextKind.DRAFT, draft_id)
    # A survey question or a setting that waits for a text keeps waiting: a draft does not take its place.
    if awaited is None or awaited.kind in CASE_TEXTS or _is_addition_over(awaited, now):
        data = answered.make_data(message, now)
        awaited_texts.save(tx, sender.address, AwaitedText(AwaitedTextKind.DRAFT, now, draft_id, data))
    case = cases.find_latest_open(tx, sender.person.id)
    number = case.number if case else None
    if not answered.covers(message, now):
        language = sender.person.language
        post_draft_question(tx, sender.address, draft_id, number, message.message_id, language, now)
    return DraftKept(draft_id, number)


def _is_addition_over(awaited: AwaitedText, now: datetime) -> bool:
    """Return whether a survey awaited more words after an answer, and does no longer."""
    is_addition = awaited.kind is AwaitedTextKind.COMMENT and bool(awaited.data.get("question"))
    return is_addition and now - awaited.at >= COMMENT_ADDITION_PERIOD


def _append_to_draft(tx: Connection, sender: MessageSender, message: IncomingMessage, now: datetime) -> int | None:
    awaited = sender.awaited
    if awaited is None or awaited.kind != AwaitedTextKind.DRAFT or not awaited.ref:
        return None
    draft = drafts.find_draft(tx, sender.address, awaited.ref, for_update=True)
    if draft is None or draft.case_number is not None or now - draft.at > ADDITION_PERIOD:
        return None
    if len(draft.texts) >= MOST_DRAFT_TEXTS:  # the next one is a draft of its own, and asked about
        return None
    drafts.append_text(tx, draft, message.text)
    return draft.id
