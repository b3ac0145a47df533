"""Delete rows that are no longer needed: old updates, drafts, ids of uploaded pictures, untouched views."""

from datetime import timedelta

from bot.clock import Clock
from bot.db.cases import drafts
from bot.db.delivery import inbox, pictures, set_aside_updates, views
from bot.db.engine.database import Connection, Database

DONE_UPDATES = timedelta(
    days=3
)  # Telegram repeats an update for a day; after an idle week it may use the id for another
SET_ASIDE_UPDATES = timedelta(days=30)  # time for somebody to see them in `tropa doctor`
DRAFTS = timedelta(days=30)
PICTURES = timedelta(days=60)  # asked for later, a picture is uploaded again
VIEWS = timedelta(days=180)  # after that a button answers that its message is too old


class PruneRows:
    """A tick: ``await prune_rows()``; once an hour is often enough."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self) -> None:
        now = self._clock.now()

        def write(tx: Connection) -> None:
            inbox.delete_done(tx, now - DONE_UPDATES)
            set_aside_updates.free_update_ids(tx, now - DONE_UPDATES)
            set_aside_updates.delete_set_aside(tx, now - SET_ASIDE_UPDATES)
            drafts.delete_before(tx, now - DRAFTS)
            pictures.delete_before(tx, now - PICTURES)
            views.delete_before(tx, now - VIEWS)

        await self._db.write(write)
