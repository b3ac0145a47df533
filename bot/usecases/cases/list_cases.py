"""Lists of cases: a customer's own, and what is open for the team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import prompts
from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import Desk, Reader
from bot.db.cases.case_views import CaseView
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.outbox import case_letters
from bot.usecases.cases.admit import Hand, Refused, admit
from cjm.address import Address
from cjm.cases.case import CaseRefused, Refusal, State

PAGE = 6


@dataclass(frozen=True, slots=True)
class MyCases:
    """A page of somebody's cases, the latest first."""

    language: str | None
    timezone: str | None
    views: Sequence[CaseView] = ()
    skip: int = 0
    more: bool = False


class ListMyCases:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, who: Address, language: str | None, skip: int = 0) -> MyCases:
        def read(tx: Connection) -> MyCases:
            person = customers.by_address(tx, who)
            if person is None:
                return MyCases(language, None)
            found = cases.of_customer(tx, person.id, PAGE + 1, skip)
            views = [view for case in found[:PAGE] if (view := case_views.view(tx, case.number))]
            return MyCases(person.language, person.timezone, views, skip, len(found) > PAGE)

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
                prompts.put(tx, who, prompts.Prompt(case_letters.LISTENING, now, number, {"album": None}))
            return view

        return await self._db.write(wait)

    async def done(self, who: Address, number: int) -> CaseView | None:
        """That was all: what they write next is not about this case by itself."""

        def end(tx: Connection) -> CaseView | None:
            prompts.clear(tx, who, case_letters.LISTENING, number)
            return _own(tx, who, number)

        return await self._db.write(end)


def _own(tx: Connection, who: Address, number: int) -> CaseView | None:
    view = case_views.view(tx, number)
    return view if view is not None and view.customer.address == who else None


@dataclass(frozen=True, slots=True)
class OpenCases:
    """What waits for a team: a page of it, the oldest first, and how many there are in each state."""

    reader: Reader
    now: datetime
    counts: Mapping[State, int]
    views: Sequence[CaseView]
    skip: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class ListOpenCases:
    def __init__(self, db: Database, clock: Clock, desk: Desk) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def may(self, hand: Hand) -> bool:
        """Whether cases are looked after in this chat."""
        return await self._db.read(lambda tx: self._desk.scope(tx, hand.chat, hand.person)) is not None

    async def __call__(self, hand: Hand, skip: int = 0) -> OpenCases | Refused:
        now = self._clock.now()

        def read(tx: Connection) -> OpenCases | Refused:
            scope = self._desk.scope(tx, hand.chat, hand.person)
            if scope is None:
                return Refused(Refusal.STRANGER)
            found = cases.unfinished(tx, scope.journeys, PAGE, skip)
            views = [view for case in found if (view := case_views.view(tx, case.number))]
            return OpenCases(scope.reader, now, cases.counts(tx, scope.journeys), views, skip)

        return await self._db.read(read)

    async def show(self, hand: Hand, number: int) -> Refused | None:
        """Send the card again, to this chat; repeated within a minute, it is still one card."""
        now = self._clock.now()

        def post(tx: Connection) -> Refused | None:
            try:
                case, scope = admit(tx, self._desk, hand, number)
            except CaseRefused as refused:
                return Refused(refused.reason)
            case_letters.give_to(tx, [scope.reader], case, now, again=f":{now:%Y%m%d%H%M}")
            return None

        return await self._db.write(post)
