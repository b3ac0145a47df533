"""A customer says what a message out of the blue was: a complaint, a question, a praise, more of a case, nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.cases import cases, drafts
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.drafts import Draft
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox import case_letters
from bot.usecases.cases.open_case import add_to_case, open_case
from cjm.address import Address
from cjm.cases.case import CaseKind, CaseOrigin


@dataclass(frozen=True, slots=True)
class DraftSettled:
    """What became of a draft: the ``case`` it is in, if any, and whether it was there before.

    ``found`` is False when the draft is gone, or somebody else's.
    """

    language: str | None
    case: int | None = None
    found: bool = True
    before: bool = False


class SettleDraft:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def __call__(self, who: Address, draft_id: int, kind: CaseKind) -> DraftSettled:
        """Open a case of it. Tapped again, it is the case it already became."""

        def become(tx: Connection, person: Customer, draft: Draft, now: datetime) -> int:
            return open_case(tx, self._desk, person, kind, CaseOrigin.MESSAGE, draft.said, now).number

        return await self._settle(who, draft_id, become)

    async def add(self, who: Address, draft_id: int, number: int) -> DraftSettled:
        """Add it to a case of their own; what is no case of theirs becomes a complaint instead of being lost."""

        def become(tx: Connection, person: Customer, draft: Draft, now: datetime) -> int:
            case = cases.get_to_change(tx, number)
            if case is None or case.customer_id != person.id:
                return open_case(tx, self._desk, person, CaseKind.COMPLAINT, CaseOrigin.MESSAGE, draft.said, now).number
            for said in draft.said:
                case = add_to_case(tx, self._desk, case, said, now)
            case_letters.confirm(tx, case, "added", f"{case.number}:draft:{draft.id}", now)
            return case.number

        return await self._settle(who, draft_id, become)

    async def discard(self, who: Address, draft_id: int) -> DraftSettled:
        """It was nothing: it is not kept."""

        def drop(tx: Connection) -> DraftSettled:
            person, draft = customers.by_address(tx, who), drafts.get_to_change(tx, who, draft_id)
            language = person.language if person else None
            if draft is None or draft.case is not None:
                return DraftSettled(language, draft.case if draft else None, found=draft is not None, before=True)
            drafts.discard(tx, draft)
            awaited_texts.clear(tx, who, case_letters.DRAFT, draft_id)
            return DraftSettled(language)

        return await self._db.write(drop)

    async def _settle(
        self, who: Address, draft_id: int, become: Callable[[Connection, Customer, Draft, datetime], int]
    ) -> DraftSettled:
        now = self._clock.now()

        def settle(tx: Connection) -> DraftSettled:
            person, draft = customers.by_address(tx, who), drafts.get_to_change(tx, who, draft_id)
            if person is None or draft is None:
                return DraftSettled(person.language if person else None, found=False)
            if draft.case is not None:
                return DraftSettled(person.language, draft.case, before=True)
            number = become(tx, person, draft, now)
            drafts.became(tx, draft, number)
            case_letters.listen(tx, who, number, now)
            return DraftSettled(person.language, number)

        return await self._db.write(settle)
