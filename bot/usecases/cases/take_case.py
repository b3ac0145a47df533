"""Take a case: a team member cares for it from now on."""

from datetime import datetime

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.outbox import case_letters
from bot.outbox.case_letters import ReceiptCause
from bot.usecases.cases.case_access import Actor, CaseSnapshot, CaseStepRefused, take_step
from cjm.cases.case import Case, take_case


class TakeCase:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def __call__(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Give the case to the actor. The customer is told that somebody is on it, unless they are answered at once.

        Their second tap changes nothing. A colleague's tap is refused with the name of the person who has the case.
        """
        now = self._clock.now()

        def write(tx: Connection) -> CaseSnapshot | CaseStepRefused:
            def take(case: Case) -> Case:
                return _tell_of_taking(tx, case, take_case(case, actor.member, now), now)

            return take_step(tx, self._routing, actor, number, now, take, AuditAction.TAKE_CASE)

        return await self._db.write(write)


def _tell_of_taking(tx: Connection, case: Case, taken: Case, now: datetime) -> Case:
    if taken != case:  # their second tap changes nothing, so it tells nothing either
        due_at = now + case_letters.TIME_TO_ANSWER
        case_letters.post_receipt(tx, taken, ReceiptCause.TAKEN, str(case.number), now, due_at)
    return taken
