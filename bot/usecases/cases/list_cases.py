"""Lists of cases: a customer's own, and what is open for the team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseReader, CaseRouting
from bot.db.cases.case_views import CaseView
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.outbox import case_letters
from bot.usecases.cases.admit_to_case import Actor, CaseStepRefused, admit
from cjm.address import Address
from cjm.cases.case import CaseRefusal, CaseRefused, CaseState

PAGE = 6


@dataclass(frozen=True, slots=True)
class OwnCaseList:
    """A page of somebody's cases, the latest first."""

    language: str | None
    timezone: str | None
    views: Sequence[CaseView] = ()
    skip: int = 0
    more: bool = False


class ListOwnCases:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, who: Address, language: str | None, skip: int = 0) -> OwnCaseList:
        def read(tx: Connection) -> OwnCaseList:
            person = customers.by_address(tx, who)
            if person is None:
                return OwnCaseList(language, None)
            found = cases.of_customer(tx, person.id, PAGE + 1, skip)
            views = [view for case in found[:PAGE] if (view := case_views.view(tx, case.number))]
            return OwnCaseList(person.language, person.timezone, views, skip, len(found) > PAGE)

        return await self._db.read(read)

    async def one(self, who: Address, number: int) -> CaseView | None:
        """One case of theirs; None for anybody else's."""
        return await self._db.read(lambda tx: _own(tx, who, number))

    async def write_more(self, who: Address, number: int) -> CaseView | None:
        """What they write next is added to this case."""
        now = self._clock.now()

        def wait(tx: Connection) -> CaseView | None:
            view = _own(tx, who, number)
            if view is not None:
                awaited_texts.put(
                    tx, who, awaited_texts.AwaitedText(case_letters.LISTENING, now, number, {"album": None})
                )
            return view

        return await self._db.write(wait)

    async def done(self, who: Address, number: int) -> CaseView | None:
        """That was all: what they write next is not about this case by itself."""

        def end(tx: Connection) -> CaseView | None:
            awaited_texts.clear(tx, who, case_letters.LISTENING, number)
            return _own(tx, who, number)

        return await self._db.write(end)


def _own(tx: Connection, who: Address, number: int) -> CaseView | None:
    view = case_views.view(tx, number)
    return view if view is not None and view.customer.address == who else None


@dataclass(frozen=True, slots=True)
class OpenCaseList:
    """What waits for a team: a page of it, the oldest first, and how many there are in each state."""

    reader: CaseReader
    now: datetime
    counts: Mapping[CaseState, int]
    views: Sequence[CaseView]
    skip: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class ListOpenCases:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def may(self, hand: Actor) -> bool:
        """Whether cases are looked after in this chat."""
        return await self._db.read(lambda tx: self._desk.scope(tx, hand.chat, hand.person)) is not None

    async def __call__(self, hand: Actor, skip: int = 0) -> OpenCaseList | CaseStepRefused:
        now = self._clock.now()

        def read(tx: Connection) -> OpenCaseList | CaseStepRefused:
            scope = self._desk.scope(tx, hand.chat, hand.person)
            if scope is None:
                return CaseStepRefused(CaseRefusal.STRANGER)
            found = cases.unfinished(tx, scope.journeys, PAGE, skip)
            views = [view for case in found if (view := case_views.view(tx, case.number))]
            return OpenCaseList(scope.reader, now, cases.counts(tx, scope.journeys), views, skip)

        return await self._db.read(read)

    async def show(self, hand: Actor, number: int) -> CaseStepRefused | None:
        """Send the card again, to this chat; repeated within a minute, it is still one card."""
        now = self._clock.now()

        def post(tx: Connection) -> CaseStepRefused | None:
            try:
                case, scope = admit(tx, self._desk, hand, number)
            except CaseRefused as refused:
                return CaseStepRefused(refused.reason)
            case_letters.give_to(tx, [scope.reader], case, now, again=f":{now:%Y%m%d%H%M}")
            return None

        return await self._db.write(post)
