"""Handle one stored update: parse it, hand it to the dispatcher, acknowledge its tap, and see that it is marked done.

Invariants:

* The first write of a handler marks its update done in the same transaction (`next_write_also`). So a crash
  repeats an update only if none of its writes happened.
* A handler that fails after its first write is not tried again: what it did not do by then, such as a reply, is lost.
"""

import json
import logging

from aiogram import Bot, Dispatcher, types
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.clock import Clock
from bot.db.delivery import inbox
from bot.db.delivery.inbox import AlreadyHandled, StoredUpdate, UpdateHandling
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import next_write_also
from bot.faults import describe_fault
from bot.messages.notice import Notice
from bot.telegram.receiving.acknowledgement import TapAcknowledgement, acknowledge_tap

log = logging.getLogger(__name__)
UNREADABLE = "this update cannot be understood"


class UpdateHandler:
    """Handler of the updates of one bot; a tap is acknowledged after ``patience`` seconds at the latest."""

    def __init__(self, *, db: Database, clock: Clock, bot: Bot, dispatcher: Dispatcher, patience: float) -> None:
        self._db = db
        self._clock = clock
        self._bot = bot
        self._dispatcher = dispatcher
        self._patience = patience

    async def try_to_handle(self, row: StoredUpdate) -> str | None:
        """Handle an update once, and return what went wrong, or None. Raises DatabaseError while none of it is done."""
        try:
            update = types.Update.model_validate(json.loads(row.payload), context={"bot": self._bot})
        except (ValidationError, ValueError):
            return UNREADABLE
        # A kind newer than our aiogram: no handler can want it, and trying it again would change nothing.
        if not _is_known(update):
            log.info("update of an unknown kind", extra={"inbox": row.id})
            await self._finish(row)
            return None
        handling = UpdateHandling(row.id, self._clock.now)
        try:
            # The handler's first write also marks the update done, in one transaction; see the module's invariants.
            with next_write_also(handling.mark_done, then=handling.confirm):
                async with acknowledge_tap(self._bot, update.callback_query, self._patience) as acknowledgement:
                    await self._dispatch(update, acknowledgement)
        except AlreadyHandled:
            log.info("update was handled before", extra={"inbox": row.id})
            return None
        except Exception as error:
            if not handling.is_done and isinstance(error, DatabaseError):
                raise
            if not handling.is_done:
                return describe_fault(error)
            # Its write is committed and must not be repeated; only what came after it, such as a reply, is lost.
            log.exception("handler failed after its write", extra={"error": describe_fault(error)}, exc_info=False)
        if not handling.is_done:
            await self._finish(row)
        return None

    async def _finish(self, row: StoredUpdate) -> None:
        now = self._clock.now()
        await self._db.write(lambda tx: inbox.mark_done(tx, row.id, now))

    async def _dispatch(self, update: types.Update, acknowledgement: TapAcknowledgement | None) -> None:
        notice = await self._dispatcher.feed_update(self._bot, update)
        if acknowledgement is not None and isinstance(notice, Notice):  # aiogram returns UNHANDLED for others
            acknowledgement.notice = notice


def _is_known(update: types.Update) -> bool:
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False
