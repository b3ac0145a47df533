"""A case is closed, by the team, and reopened, by the team or by its customer."""

from datetime import datetime

from bot.clock import Clock
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.outbox import case_letters
from bot.usecases.cases.admit_to_case import Actor, CaseSnapshot, CaseStepRefused, shown, step
from cjm.address import Address
from cjm.cases.case import Case, CaseKind, CaseRefusal, close, reopen


class CloseCase:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def __call__(self, hand: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Close it; the customer is told after a moment in which it can still be undone."""
        now = self._clock.now()
        return await self._db.write(
            lambda tx: step(tx, self._desk, hand, number, now, lambda case: _closed(tx, case, hand, now))
        )

    async def reopen(self, hand: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        now = self._clock.now()
        return await self._db.write(
            lambda tx: step(tx, self._desk, hand, number, now, lambda case: _reopened(tx, case))
        )

    async def not_solved(self, who: Address, number: int) -> CaseSnapshot | CaseStepRefused:
        """The customer says so: it is open again, and what they write next is added to it."""
        now = self._clock.now()
        return await self._db.write(lambda tx: self._not_solved(tx, who, number, now))

    def _not_solved(self, tx: Connection, who: Address, number: int, now: datetime) -> CaseSnapshot | CaseStepRefused:
        case, person = cases.get_to_change(tx, number), customers.by_address(tx, who)
        if case is None or person is None or case.customer_id != person.id:
            return CaseStepRefused(CaseRefusal.STRANGER)
        if case.is_over and case.kind is not CaseKind.PRAISE:
            case_letters.tell_not_solved(tx, self._desk, case, now)
        cases.save(tx, case, reopen(case))
        case_letters.listen(tx, who, number, now)
        return shown(tx, self._desk, number)


def _reopened(tx: Connection, case: Case) -> Case:
    if case.closed_at is not None and case.kind is not CaseKind.PRAISE:
        letters.withdraw(tx, f"case_closed:{_closing(case.number, case.closed_at)}", "the case was reopened")
    return reopen(case)


def _closing(number: int, at: datetime) -> str:
    return f"{number}:{at.timestamp():.0f}"


def _closed(tx: Connection, case: Case, hand: Actor, now: datetime) -> Case:
    after = close(case, hand.member, now)
    if after != case:
        due_at = now + case_letters.SECOND_THOUGHTS
        case_letters.confirm(tx, after, "closed", _closing(case.number, now), now, due_at)
    return after
