"""Handle one stored update: parse it, hand it to the dispatcher, see that it is marked done, and begin what follows.

Invariants:

* The first write of a handler marks its update done in the same transaction (`next_write_also`). So a crash
  repeats an update only if none of its writes happened.
* A person who writes or taps in private can be reached again: the same transaction records it.
* What follows (:class:`HandlerResult`) is begun when the handler has ended, and holds no place of the handlers: the tap
  is acknowledged, and what is to be shown waits in the `Display`.
* A handler that fails after its first write is not tried again: what it was to show is lost. A conversation's step is
  shown by the repair pass.
"""

import contextlib
import logging
from collections.abc import Callable
from functools import partial

from aiogram import Bot, Dispatcher, types
from aiogram.types.update import UpdateTypeLookupError

from bot.clock import Clock
from bot.db.delivery import inbox
from bot.db.delivery.inbox import AlreadyHandled, StoredUpdate, UpdateHandling
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import next_write_also
from bot.faults import describe_fault
from bot.messages.notice import Notice
from bot.outbox.display import Display
from bot.telegram import senders
from bot.telegram.handler_result import HandlerResult
from bot.telegram.receiving.acknowledgement import TapAcknowledgement, TapAcknowledger
from bot.telegram.receiving.parsing import parse_update
from bot.usecases.people.record_reachability import mark_address_reachable
from cjm.address import Address

log = logging.getLogger(__name__)
UNREADABLE = "this update cannot be understood"


class UpdateHandler:
    """Handler of the updates of one bot; a tap is acknowledged after ``patience`` seconds at the latest.

    ``on_answer`` is called with the chat of an update that has something shown, other than a refusal.
    """

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        bot: Bot,
        dispatcher: Dispatcher,
        display: Display,
        patience: float,
        on_answer: Callable[[str | None], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._bot = bot
        self._dispatcher = dispatcher
        self._display = display
        self._patience = patience
        self._on_answer = on_answer
        self._acknowledger = TapAcknowledger(bot)
        self._taps: dict[int, TapAcknowledgement] = {}  # by inbox row: one acknowledgement for all tries

    async def try_to_handle(self, row: StoredUpdate) -> str | None:
        """Handle an update once, and return what went wrong, or None. Raises DatabaseError while none of it is done."""
        try:
            update = parse_update(row.payload, self._bot)
        except ValueError:  # pydantic's ValidationError is one
            return UNREADABLE
        # A kind newer than our aiogram: no handler can want it, and trying it again would change nothing.
        if not _is_known(update):
            log.info("update of an unknown kind", extra={"inbox": row.id})
            await self._finish(row)
            return None
        if update.callback_query is not None and row.id not in self._taps:
            query_id = update.callback_query.id
            self._taps[row.id] = TapAcknowledgement(self._acknowledger, query_id, self._patience)
        return await self._run_handler(row, update)

    async def _run_handler(self, row: StoredUpdate, update: types.Update) -> str | None:
        handling = UpdateHandling(row.id, self._clock.now)
        mark_done = partial(self._mark_done, handling, senders.find_reachable_person(update))
        result: object = None
        try:
            # The handler's first write also marks the update done, in one transaction; see the module's invariants.
            with next_write_also(mark_done, then=handling.confirm):
                result = await self._dispatcher.feed_update(self._bot, update, received_at=row.received_at)
        except AlreadyHandled:
            log.info("update was handled before", extra={"inbox": row.id})
            handling.confirm()
        except Exception as error:
            if not handling.is_done and isinstance(error, DatabaseError):
                raise
            if not handling.is_done:
                return describe_fault(error)
            # Its write is committed and must not be repeated; only what came after it, such as a reply, is lost.
            log.exception("handler failed after its write", extra={"error": describe_fault(error)}, exc_info=False)
        following = result if isinstance(result, HandlerResult) else HandlerResult()
        self.acknowledge(row, following.notice)
        if not handling.is_done:  # it only read; marked before it shows, so that a failure here shows nothing twice
            with contextlib.suppress(AlreadyHandled):
                await self._db.write(mark_done)
        self._display.show(*following.showings)
        if following.showings and following.refusal is None:
            self._on_answer(row.chat)
        return None

    def acknowledge(self, row: StoredUpdate, notice: Notice | None = None) -> None:
        """Acknowledge the tap of an update that was handled or set aside; nothing for other updates."""
        if (tap := self._taps.pop(row.id, None)) is not None:
            tap.send(notice)

    async def wait_until_idle(self) -> None:
        """Return when every handled tap was acknowledged."""
        await self._acknowledger.wait_until_idle()

    async def stop(self, seconds: float) -> None:
        """Give acknowledgements under way so many seconds; taps that were not handled stay for the next leader."""
        for tap in self._taps.values():
            tap.cancel()
        self._taps.clear()
        await self._acknowledger.stop(seconds)

    def _mark_done(self, handling: UpdateHandling, person: Address | None, tx: Connection) -> None:
        handling.mark_done(tx)
        if person is not None:
            mark_address_reachable(tx, person, self._clock.now())

    async def _finish(self, row: StoredUpdate) -> None:
        now = self._clock.now()
        await self._db.write(lambda tx: inbox.mark_done(tx, row.id, now))


def _is_known(update: types.Update) -> bool:
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False
