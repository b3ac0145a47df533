"""Whatever a customer sends that no question was waiting for: it goes to a case, or is kept until they say what it is.

In this order: a reply to a message about a case goes there; after /complain the first message opens the case; what
follows soon is added to it; anything else is a draft. In each case it is stored before anything is said.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText
from bot.db.cases import cases, drafts
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import message_refs
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox import case_letters
from bot.usecases.cases.admit_to_case import CaseSnapshot, shown
from bot.usecases.cases.open_case import add_to_case, open_case
from cjm.address import Address
from cjm.cases.case import Case, CaseKind, CaseOrigin, CaseText

LISTENING = timedelta(hours=1)
"""So long after the last word about a case the next message is taken for more of it."""
MEANT_TO_COMPLAIN = timedelta(days=1)
"""So long after /complain the next message opens the case."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message: its id, what was said, which message it replies to, and the album it is a part of."""

    message_id: str
    said: CaseText
    reply_to: str | None = None
    album: str | None = None


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case was opened; a letter tells its number."""

    case: int


@dataclass(frozen=True, slots=True)
class AddedToCase:
    """It was added to a case, whose cards are to show it; a letter tells the customer, but once for an album."""

    shown: CaseSnapshot


@dataclass(frozen=True, slots=True)
class DraftKept:
    """Nobody knows yet what it is: ``ask`` the customer (but once for an album). ``case`` is one it may belong to."""

    draft: int
    language: str | None
    case: int | None
    ask: bool


class HearCustomer:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def is_expected(self, who: Address, reply_to: str | None) -> bool:
        """Whether what comes next is about a case: by /complain, by a case just talked about, or by a reply to one."""
        now = self._clock.now()
        return await self._db.read(lambda tx: _is_expected(tx, who, reply_to, now))

    async def __call__(
        self, who: Address, language: str | None, heard: IncomingMessage
    ) -> CaseOpened | AddedToCase | DraftKept:
        now = self._clock.now()
        return await self._db.write(lambda tx: self._hear(tx, who, language, heard, now))

    def _hear(
        self, tx: Connection, who: Address, language: str | None, heard: IncomingMessage, now: datetime
    ) -> CaseOpened | AddedToCase | DraftKept:
        person = customers.ensure_address(tx, who, language, now)
        waiting = awaited_texts.current(tx, who)
        case = _meant(tx, who, person, waiting, heard.reply_to, now)
        if case is not None:
            return self._add(tx, who, case, waiting, heard, now)
        if waiting is not None and _is_complaint(waiting, now):
            return self._open(tx, who, person, waiting, heard, now)
        return _keep(tx, who, person, waiting, heard, now)

    def _open(
        self,
        tx: Connection,
        who: Address,
        person: Customer,
        waiting: AwaitedText,
        heard: IncomingMessage,
        now: datetime,
    ) -> CaseOpened:
        journey, subject = waiting.data.get("journey"), waiting.data.get("place")
        case = open_case(
            tx,
            self._desk,
            person,
            CaseKind.COMPLAINT,
            CaseOrigin.COMMAND,
            [heard.said],
            now,
            journey=journey,
            subject=subject,
        )
        case_letters.listen(tx, who, case.number, now, heard.album)
        return CaseOpened(case.number)

    def _add(
        self,
        tx: Connection,
        who: Address,
        case: Case,
        waiting: AwaitedText | None,
        heard: IncomingMessage,
        now: datetime,
    ) -> AddedToCase:
        add_to_case(tx, self._desk, case, heard.said, now)
        if not _same_album(waiting, heard):
            case_letters.confirm(tx, case, "added", f"{case.number}:{who.id}:{heard.message_id}", now)
        case_letters.listen(tx, who, case.number, now, heard.album)
        return AddedToCase(shown(tx, self._desk, case.number))


def _is_complaint(waiting: AwaitedText, now: datetime) -> bool:
    return waiting.kind == case_letters.COMPLAINT and now - waiting.at <= MEANT_TO_COMPLAIN


def _is_expected(tx: Connection, who: Address, reply_to: str | None, now: datetime) -> bool:
    person = customers.by_address(tx, who)
    waiting = awaited_texts.current(tx, who)
    if waiting is not None and _is_complaint(waiting, now):
        return True
    return person is not None and _meant(tx, who, person, waiting, reply_to, now) is not None


def _meant(
    tx: Connection, who: Address, person: Customer, waiting: AwaitedText | None, reply_to: str | None, now: datetime
) -> Case | None:
    """The person's own case that a message belongs to: the one it replies to, else the one just talked about."""
    about = message_refs.find(tx, who, reply_to) if reply_to else None
    if about is not None and about.kind == cases.OWN:
        number: int | None = about.ref
    elif waiting is not None and waiting.kind == case_letters.LISTENING and now - waiting.at <= LISTENING:
        number = waiting.ref
    else:
        return None
    case = cases.get(tx, number) if number is not None else None
    return case if case is not None and case.customer_id == person.id else None


def _same_album(waiting: AwaitedText | None, heard: IncomingMessage) -> bool:
    return waiting is not None and heard.album is not None and waiting.data.get("album") == heard.album


def _keep(
    tx: Connection, who: Address, person: Customer, waiting: AwaitedText | None, heard: IncomingMessage, now: datetime
) -> DraftKept:
    """Keep it as a draft; what follows before the customer has said what it is belongs to the same one."""
    mine = waiting is None or waiting.kind in (case_letters.DRAFT, case_letters.LISTENING, case_letters.COMPLAINT)
    open_draft = waiting is not None and waiting.kind == case_letters.DRAFT and waiting.ref is not None
    draft = drafts.get_to_change(tx, who, waiting.ref) if waiting and waiting.ref and open_draft else None
    if draft is not None and draft.case is None and now - draft.at <= LISTENING:
        drafts.append(tx, draft, heard.said)
        number = draft.id
    else:
        number = drafts.add(tx, who, heard.said, now)
    if mine:
        awaited_texts.put(tx, who, AwaitedText(case_letters.DRAFT, now, number, {"album": heard.album}))
    case = cases.latest_open(tx, person.id)
    return DraftKept(number, person.language, case.number if case else None, not _same_album(waiting, heard))
