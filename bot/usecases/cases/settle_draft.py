"""Settle a draft: the customer says what their unexpected message is.

It becomes a complaint, a question or a praise, or a part of a case they have, or it is discarded.

Invariants:

* A draft becomes a case at most once: of two taps at the same time, the second finds the case of the first.
* Only the person who wrote the draft may settle it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.db.cases import cases, drafts
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.drafts import Draft
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox import case_letters
from bot.outbox.case_letters import ReceiptCause
from bot.usecases.cases.case_opening import FiledWords, add_to_case, open_case
from cjm.address import Address
from cjm.cases.case import CaseKind, CaseOrigin
from cjm.cases.intake import CaseLimits

FileDraft = Callable[[Connection, Customer, Draft, datetime], FiledWords]
"""Puts a draft into a case."""


@dataclass(frozen=True, slots=True)
class DraftSettled:
    """Result of settling a draft: the number of the ``case`` it is in, None if it was discarded or not found.

    ``is_found`` is False when the draft is gone or somebody else's, ``was_settled`` is True when an earlier tap
    settled it; `discard` takes a draft that is gone as settled. ``has_joined``: the case was there before.
    """

    language: str | None
    case: int | None = None
    is_found: bool = True
    was_settled: bool = False
    has_joined: bool = False


class SettleDraft:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting, limits: CaseLimits | None = None) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing
        self._limits = limits or CaseLimits()

    async def __call__(self, address: Address, draft_id: int, kind: CaseKind) -> DraftSettled:
        """Open a case of this kind with the draft's words."""

        def open_with_draft(tx: Connection, person: Customer, draft: Draft, now: datetime) -> FiledWords:
            return self._open(tx, person, kind, draft, now)

        return await self._settle(address, draft_id, open_with_draft)

    async def add_to_case(self, address: Address, draft_id: int, number: int) -> DraftSettled:
        """Add the draft to a case of its writer.

        If the case is gone or somebody else's, a complaint is opened instead, so that the words are not lost.
        """

        def add_draft(tx: Connection, person: Customer, draft: Draft, now: datetime) -> FiledWords:
            case = cases.find_for_update(tx, number)
            if case is None or case.customer_id != person.id:
                return self._open(tx, person, CaseKind.COMPLAINT, draft, now)
            filed = FiledWords(case, is_new=False, is_kept=False)
            for text in draft.texts:
                filed = add_to_case(tx, self._routing, filed.case, text, now, self._limits)
            if not filed.is_kept:
                case_letters.post_receipt(tx, case, ReceiptCause.ADDED, f"{number}:draft:{draft.id}", now)
            return filed

        return await self._settle(address, draft_id, add_draft)

    def _open(self, tx: Connection, person: Customer, kind: CaseKind, draft: Draft, now: datetime) -> FiledWords:
        return open_case(tx, self._routing, person, kind, CaseOrigin.MESSAGE, draft.texts, now, limits=self._limits)

    async def discard(self, address: Address, draft_id: int) -> DraftSettled:
        """Delete the draft: its writer says that it was nothing. A draft that became a case stays a case."""

        def discard(tx: Connection) -> DraftSettled:
            person = customers.find_by_address(tx, address)
            draft = drafts.find_draft(tx, address, draft_id, for_update=True)
            language = person.language if person else None
            if draft is None or draft.case_number is not None:
                number = draft.case_number if draft else None
                return DraftSettled(language, number, is_found=draft is not None, was_settled=True)
            drafts.delete_draft(tx, draft)
            awaited_texts.delete_awaited(tx, address, AwaitedTextKind.DRAFT, draft_id)
            return DraftSettled(language)

        return await self._db.write(discard)

    async def _settle(self, address: Address, draft_id: int, file_draft: FileDraft) -> DraftSettled:
        now = self._clock.now()

        def settle(tx: Connection) -> DraftSettled:
            person = customers.find_by_address(tx, address)
            draft = drafts.find_draft(tx, address, draft_id, for_update=True)
            if person is None or draft is None:
                return DraftSettled(person.language if person else None, is_found=False)
            if draft.case_number is not None:
                return DraftSettled(person.language, draft.case_number, was_settled=True)
            filed = file_draft(tx, person, draft, now)
            number = filed.case.number
            # The draft is kept as a mark: a second tap then finds the case instead of opening another one.
            drafts.mark_as_case(tx, draft, number)
            case_letters.await_addition(tx, address, number, now)
            return DraftSettled(person.language, number, has_joined=not filed.is_new)

        return await self._db.write(settle)
