"""Hand over cases that had no reader, or only managers, once a team is bound or a manager is added.

`hand_over_waiting` does the same inside the transaction of another use case.
"""

from datetime import datetime

from bot.clock import Clock
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.outbox import case_letters
from cjm.cases.case import Case

BATCH = 200


class HandOverCases:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def __call__(self) -> int:
        """Hand over what waits among the oldest BATCH cases without a team; return how many. A tick calls it."""
        # Most ticks find nothing: the read spares them the write transaction.
        if not await self._db.read(lambda tx: _list_waiting(tx, self._routing)):
            return 0
        now = self._clock.now()
        return await self._db.write(lambda tx: hand_over_waiting(tx, self._routing, now))


def hand_over_waiting(tx: Connection, routing: CaseRouting, now: datetime) -> int:
    """Hand over what waits among the oldest BATCH cases without a team; return how many."""
    waiting = _list_waiting(tx, routing)
    for case in waiting:
        case_letters.hand_over_case(tx, routing, case, now)
    return len(waiting)


def _list_waiting(tx: Connection, routing: CaseRouting) -> list[Case]:
    """List the cases that had no reader and have one now, or had only managers and have a team now."""
    found = cases.list_not_handed_over(tx, BATCH)
    # Readers depend on the journey alone, so they are fetched once for each journey.
    readers = {journey: routing.list_readers(tx, journey) for journey in {case.journey for case in found}}
    return [case for case in found if readers[case.journey] and readers[case.journey][0].team != case.team]
