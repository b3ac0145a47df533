"""A digest of which nobody knows whether it arrived goes once more, because somebody in the team's chat asked."""

from enum import StrEnum

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, views
from bot.db.engine.database import Connection, Database
from bot.usecases.maps.send_digests import VIEW
from cjm.address import Address


class ResendOutcome(StrEnum):
    """What became of the wish."""

    AGAIN = "again"
    ALREADY = "already"  # somebody was faster, or it is known by now to have arrived


class ResendDigest:
    """``await resend(chat, person, view) -> Sent | None``; None where there is nothing of the sort."""

    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db, self._clock, self._desk = db, clock, desk

    async def __call__(self, chat: Address, person: Address, view: int) -> ResendOutcome | None:
        now = self._clock.now()

        def write(tx: Connection) -> ResendOutcome | None:
            found = views.find(tx, view, chat, VIEW)
            scope = self._desk.scope(tx, chat, person)
            if found is None or scope is None or not scope.covers(found.data["journey"]):
                return None
            letter = letters.get(tx, found.data["letter"])
            again = letter is not None and letters.send_again(tx, letter.id, now)
            return ResendOutcome.AGAIN if again else ResendOutcome.ALREADY

        return await self._db.write(write)
