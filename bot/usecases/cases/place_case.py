"""Say what a case is about: chosen by its customer, or corrected by the team. Its counters move along."""

from datetime import datetime

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.cases.case_access import Actor, CaseSnapshot, CaseStepRefused, load_snapshot, take_step
from bot.usecases.cases.case_places import move_case
from cjm.address import Address
from cjm.cases.case import Case, CaseRefusal, CaseRefused


class PlaceCase:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def view_case(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Return the case for a team member who is about to choose its place."""
        now = self._clock.now()
        # This is a write although the case stays as it is: the tap proves that the card arrived.
        return await self._db.write(lambda tx: take_step(tx, self._routing, actor, number, now, lambda case: case))

    async def __call__(self, actor: Actor, number: int, subject: str) -> CaseSnapshot | CaseStepRefused:
        """Put the case where a team member says it belongs. ``subject`` is a touchpoint's or a stage's key."""
        now = self._clock.now()

        def write(tx: Connection) -> CaseSnapshot | CaseStepRefused:
            def move(case: Case) -> Case:
                return move_case(tx, case, subject, now)

            return take_step(tx, self._routing, actor, number, now, move, AuditAction.MOVE_CASE)

        return await self._db.write(write)

    async def place_own(self, address: Address, number: int, subject: str) -> CaseSnapshot | CaseStepRefused:
        """Put the customer's own case where they say it belongs."""
        now = self._clock.now()
        try:
            return await self._db.write(lambda tx: self._place_own(tx, address, number, subject, now))
        except CaseRefused as refused:
            return CaseStepRefused(refused.reason)

    def _place_own(
        self, tx: Connection, address: Address, number: int, subject: str, now: datetime
    ) -> CaseSnapshot | CaseStepRefused:
        case, person = cases.find_for_update(tx, number), customers.find_by_address(tx, address)
        # A case that does not exist and somebody else's case look the same to a customer.
        if case is None or person is None or case.customer_id != person.id:
            return CaseStepRefused(CaseRefusal.STRANGER)
        cases.save(tx, case, move_case(tx, case, subject, now))
        return load_snapshot(tx, self._routing, number)
