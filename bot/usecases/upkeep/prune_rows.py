"""What nobody needs any more goes: handled updates, drafts nobody decided on, buttons nobody touches."""

from datetime import timedelta

from bot.clock import Clock
from bot.db.cases import drafts
from bot.db.delivery import inbox, pictures, views
from bot.db.engine.database import Connection, Database

UPDATES = timedelta(days=3)  # the messenger redelivers for a day; older rows could swallow reused update ids
DRAFTS = timedelta(days=30)
PICTURES = timedelta(days=60)
VIEWS = timedelta(days=180)


class PruneRows:
    """A tick; once an hour is often enough."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self) -> None:
        now = self._clock.now()

        def write(tx: Connection) -> None:
            inbox.delete_before(tx, now - UPDATES)
            drafts.delete_before(tx, now - DRAFTS)
            pictures.delete_before(tx, now - PICTURES)
            views.delete_before(tx, now - VIEWS)

        await self._db.write(write)
