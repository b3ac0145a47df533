"""Somebody of the team takes a case."""

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Database
from bot.usecases.cases.admit_to_case import Actor, CaseSnapshot, CaseStepRefused, step
from cjm.cases.case import take


class TakeCase:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def __call__(self, hand: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Taken by them; the second tap of the same person changes nothing, a colleague's is refused with the name."""
        now = self._clock.now()
        return await self._db.write(
            lambda tx: step(tx, self._desk, hand, number, now, lambda case: take(case, hand.member, now))
        )
