"""Send a digest again that may not have arrived, because somebody in the team's chat tapped the button."""

from enum import StrEnum

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from cjm.address import Address


class ResendOutcome(StrEnum):
    """Outcome of the tap."""

    SENT_AGAIN = "again"
    NOT_NEEDED = "already"  # somebody else tapped first, or a tap on the digest has proved that it arrived


class ResendDigest:
    """``await resend_digest(chat, person, view_id) -> ResendOutcome | None``; None if there is none for this chat."""

    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db, self._clock, self._routing = db, clock, routing

    async def __call__(self, chat: Address, person: Address, view_id: int) -> ResendOutcome | None:
        now = self._clock.now()

        def write(tx: Connection) -> ResendOutcome | None:
            view = views.find(tx, view_id, chat, ViewKind.DIGEST)
            access = self._routing.find_access(tx, chat, person)
            if view is None or access is None or not access.covers(view.data["journey"]):
                return None
            letter = letters.find_by_key(tx, view.data["letter"])
            is_sent = letter is not None and letters.send_again(tx, letter.id, now)
            return ResendOutcome.SENT_AGAIN if is_sent else ResendOutcome.NOT_NEEDED

        return await self._db.write(write)
