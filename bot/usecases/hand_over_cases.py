"""Cases that nobody could be told of go to whoever looks after them now: a team was bound, a manager came."""

from datetime import datetime

from bot.clock import Clock
from bot.db import cases
from bot.db.desk import Desk
from bot.db.engine import Connection, Database
from bot.outbox import case_mail

MOST_AT_ONCE = 200


class HandOverCases:
    def __init__(self, db: Database, clock: Clock, desk: Desk) -> None:
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
        found = cases.not_handed_over(tx, MOST_AT_ONCE)
        return any(_is_news(tx, self._desk, case.journey, case.team) for case in found)


def hand_over_waiting(tx: Connection, desk: Desk, now: datetime) -> int:
    """The same, in a transaction that binds a team or adds a manager."""
    found = [c for c in cases.not_handed_over(tx, MOST_AT_ONCE) if _is_news(tx, desk, c.journey, c.team)]
    for case in found:
        case_mail.hand_over(tx, desk, case, now)
    return len(found)


def _is_news(tx: Connection, desk: Desk, journey: str | None, known_to: str | None) -> bool:
    readers = desk.readers(tx, journey)
    return bool(readers) and readers[0].team != known_to
