"""Delete rows that are no longer needed: old updates, ended letters, drafts, views, audit entries and others."""

from datetime import timedelta

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.campaigns import campaigns
from bot.db.cases import drafts
from bot.db.delivery import inbox, letters, pictures, saved_views, set_aside_updates, views
from bot.db.engine.database import Connection, Database

DONE_UPDATES = timedelta(
    days=3
)  # Telegram repeats an update for a day; after an idle week it may use the id for another
SET_ASIDE_UPDATES = timedelta(days=30)  # time for somebody to see them in `tropa doctor`
DRAFTS = timedelta(days=30)
PICTURES = timedelta(days=60)  # asked for later, a picture is uploaded again
VIEWS = timedelta(days=180)  # after that a button answers that its message is too old
DELETED_VIEWS = timedelta(days=30)  # time to take back that a saved view was deleted
LETTERS = VIEWS  # nothing posts a letter's cause again so late, so its key is not needed either


class PruneRows:
    """A tick: ``await prune_rows()``; once an hour is often enough.

    Entries of the audit log are kept for ``audit_period``; zero: only their number is limited.
    """

    def __init__(self, db: Database, clock: Clock, audit_period: timedelta = timedelta()) -> None:
        self._db, self._clock, self._audit_period = db, clock, audit_period

    async def __call__(self) -> None:
        now = self._clock.now()

        def write(tx: Connection) -> None:
            inbox.delete_done(tx, now - DONE_UPDATES)
            set_aside_updates.free_update_ids(tx, now - DONE_UPDATES)
            set_aside_updates.delete_set_aside(tx, now - SET_ASIDE_UPDATES)
            drafts.delete_before(tx, now - DRAFTS)
            pictures.delete_before(tx, now - PICTURES)
            views.delete_before(tx, now - VIEWS)
            saved_views.delete_before(tx, now - DELETED_VIEWS)
            letters.delete_ended(tx, now - LETTERS)
            campaigns.delete_ended(tx, now - VIEWS)
            audit_entries.delete_old(tx, now - self._audit_period if self._audit_period else None)

        await self._db.write(write)
