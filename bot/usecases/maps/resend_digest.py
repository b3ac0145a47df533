"""A digest of which nobody knows whether it arrived goes once more, because somebody in the team's chat asked."""

from enum import StrEnum

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, views
from bot.db.engine.database import Connection, Database
from bot.usecases.maps.send_digests import DIGEST_VIEW
from cjm.address import Address


class ResendOutcome(StrEnum):
    """What became of the wish."""

    SENT_AGAIN = "again"
    NOT_NEEDED = "already"  # somebody was faster, or it is known by now to have arrived


class ResendDigest:
    """``await resend(chat, person, view) -> Sent | None``; None where there is nothing of the sort."""

    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db, self._clock, self._routing = db, clock, routing

    async def __call__(self, chat: Address, person: Address, view: int) -> ResendOutcome | None:
        now = self._clock.now()

        def write(tx: Connection) -> ResendOutcome | None:
            found = views.find(tx, view, chat, DIGEST_VIEW)
            scope = self._routing.find_access(tx, chat, person)
            if found is None or scope is None or not scope.covers(found.data["journey"]):
                return None
            letter = letters.find_by_key(tx, found.data["letter"])
            again = letter is not None and letters.send_again(tx, letter.id, now)
            return ResendOutcome.SENT_AGAIN if again else ResendOutcome.NOT_NEEDED

        return await self._db.write(write)
