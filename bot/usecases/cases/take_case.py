"""Take a case: a team member cares for it from now on."""

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Database
from bot.usecases.cases.case_access import Actor, CaseSnapshot, CaseStepRefused, take_step
from cjm.cases.case import take_case


class TakeCase:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def __call__(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Give the case to the actor.

        Their second tap changes nothing. A colleague's tap is refused with the name of the person who has the case.
        """
        now = self._clock.now()
        return await self._db.write(
            lambda tx: take_step(tx, self._routing, actor, number, now, lambda case: take_case(case, actor.member, now))
        )
