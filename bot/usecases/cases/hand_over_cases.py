"""Cases that nobody could be told of go to whoever looks after them now: a team was bound, a manager came."""

from datetime import datetime

from bot.clock import Clock
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.outbox import case_letters
from cjm.cases.case import Case

MOST_AT_ONCE = 200


class HandOverCases:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def __call__(self) -> int:
        """How many were handed over. Repeating it changes nothing, so a tick may call it."""
        if not await self._db.read(self._waiting):
            return 0
        now = self._clock.now()
        return await self._db.write(lambda tx: hand_over_waiting(tx, self._desk, now))

    def _waiting(self, tx: Connection) -> bool:
        return bool(_news(tx, self._desk))


def hand_over_waiting(tx: Connection, desk: CaseRouting, now: datetime) -> int:
    """The same, in a transaction that binds a team or adds a manager."""
    found = _news(tx, desk)
    for case in found:
        case_letters.hand_over(tx, desk, case, now)
    return len(found)


def _news(tx: Connection, desk: CaseRouting) -> list[Case]:
    """The cases that somebody else looks after than who knows of them; whoever that is, is asked once a journey."""
    found = cases.not_handed_over(tx, MOST_AT_ONCE)
    readers = {journey: desk.readers(tx, journey) for journey in {case.journey for case in found}}
    return [case for case in found if readers[case.journey] and readers[case.journey][0].team != case.team]
