"""The inbox at work: what was stored is handled in order per chat, chats beside each other, each update once.

The first write of a handler marks its update done in the same transaction (`bot.db.delivery.inbox`). A handler
that fails is tried three times while its chat waits; then the update is set aside, and the chat goes on. What cannot be
understood at all is set aside at once. A database that is away costs no try: nothing can be handled until it is back.
"""

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.clock import Clock
from bot.db.delivery import inbox
from bot.db.delivery.inbox import AlreadyHandled, StoredUpdate, UpdateHandling, on_behalf_of
from bot.db.engine.announcements import INBOX
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.faults import fault
from bot.telegram.acknowledgement import TapAcknowledgement, acknowledge_tap
from bot.telegram.raw_update import UpdateJson as RawUpdate
from bot.telegram.raw_update import make_raw_update

log = logging.getLogger(__name__)
AT_ONCE = 8
TRIES = 3
BATCH = 200
MOST_AT_HAND = 1000
LONGEST_REST = 1.0  # seconds; another process may have stored something
UNREADABLE = "this update cannot be understood"


@dataclass(frozen=True, slots=True)
class RetryDelays:
    """Seconds: before the second and third try; between tries of a database that is away; until a tap is answered."""

    tries: tuple[float, ...] = (1.0, 5.0)
    database: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 15.0)
    tap: float = 1.5


class InboxWorker:
    """``store()`` what came, ``run()`` until cancelled; ``settled()`` returns when everything stored was handled."""

    def __init__(
        self, *, db: Database, clock: Clock, bot: Bot, dispatcher: Dispatcher, delays: RetryDelays | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._bot = bot
        self._dispatcher = dispatcher
        self._patience = delays or RetryDelays()
        self._name = str(bot.id)
        self._lanes: dict[str | None, deque[StoredUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_hand: set[int] = set()
        self._just_done: set[int] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._bell = asyncio.Event()

    async def store(self, updates: Iterable[RawUpdate]) -> int:
        """Keep updates; when this returns they are safe and may be acknowledged. Returns how many are new."""
        found = []
        for update in updates:
            try:
                found.append(make_raw_update(update))
            except ValueError:
                log.warning("what came is no update")
        now = self._clock.now()
        return await self._db.write(lambda tx: inbox.store(tx, self._name, found, now))

    def nudge(self) -> None:
        """Look again, now."""
        rung, self._bell = self._bell, asyncio.Event()
        rung.set()

    async def run(self) -> None:
        """Handle until cancelled; what is cut off then is handled at the next start."""
        forget = self._db.listeners.add(INBOX, self.nudge)
        try:
            while True:
                bell = self._bell
                try:
                    await self._fetch()
                except DatabaseError as error:
                    log.error("inbox cannot go on", extra={"error": str(error)})
                await _wait_for_news(bell)
        finally:
            forget()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._lanes.clear()
            self._at_hand.clear()

    async def wait_until_idle(self) -> None:
        """Wait until nothing stored is left to be handled."""
        while True:
            bell = self._bell
            waiting = await self._db.read(self._any_waiting)
            if not waiting and not self._lanes:  # in this order: a row is done before its handler is through
                return
            await _wait_for_news(bell)

    def _any_waiting(self, tx: Connection) -> bool:
        return bool(inbox.waiting(tx, self._name, 1))

    async def _fetch(self) -> None:
        """Put what is new into the lanes of its chats."""
        if len(self._at_hand) >= MOST_AT_HAND:
            return
        self._just_done = set()  # what ends while we read may still look new
        most = len(self._at_hand) + BATCH
        for row in await self._db.read(lambda tx: inbox.waiting(tx, self._name, most)):
            if row.id in self._at_hand or row.id in self._just_done:
                continue
            self._at_hand.add(row.id)
            if row.chat in self._lanes:
                self._lanes[row.chat].append(row)
            else:
                self._lanes[row.chat] = deque([row])
                task = asyncio.create_task(self._handle_chat(row.chat))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _handle_chat(self, chat: str | None) -> None:
        """Handle the updates of one chat, one after the other."""
        lane = self._lanes[chat]
        while lane:
            row = lane[0]
            await self._handle(row)
            lane.popleft()
            self._at_hand.discard(row.id)
            self._just_done.add(row.id)
        del self._lanes[chat]
        self.nudge()

    async def _handle(self, row: StoredUpdate) -> None:
        """To its end: done or set aside."""
        attempts, away = row.attempts, 0
        while True:
            try:
                async with self._room:
                    error = await self._try_to_handle(row)
                if error is None:
                    return None
                attempts += 1
                if attempts >= TRIES or error is UNREADABLE:
                    return await self._set_aside(row, error)
                log.warning("update not handled yet", extra={"inbox": row.id, "error": error})
                await self._count_failure(row, error)
                await asyncio.sleep(_delay_after(self._patience.tries, attempts - 1))
            except DatabaseError as error:
                log.error("update waits for the database", extra={"inbox": row.id, "error": str(error)})
                await asyncio.sleep(_delay_after(self._patience.database, away))
                away += 1

    async def _count_failure(self, row: StoredUpdate, error: str) -> None:
        await self._db.write(lambda tx: inbox.count_failure(tx, row.id, error))

    async def _set_aside(self, row: StoredUpdate, error: str) -> None:
        log.error("update set aside", extra={"inbox": row.id, "update": row.update_id, "error": error})
        now = self._clock.now()
        await self._db.write(lambda tx: inbox.set_aside(tx, row.id, error, now))

    async def _try_to_handle(self, row: StoredUpdate) -> str | None:
        """What went wrong, or None. Raises DatabaseError."""
        try:
            update = Update.model_validate(json.loads(row.payload), context={"bot": self._bot})
        except (ValidationError, ValueError):
            return UNREADABLE
        if not _is_known(update):
            log.info("update of a kind we do not know", extra={"inbox": row.id})
            await self._finish(row)
            return None
        handling = UpdateHandling(row.id, self._clock.now)
        try:
            with on_behalf_of(handling):
                async with acknowledge_tap(self._bot, update.callback_query, self._patience.tap) as acknowledgement:
                    await self._dispatch(update, acknowledgement)
        except AlreadyHandled:
            log.info("update was handled before", extra={"inbox": row.id})
            return None
        except Exception as error:
            if not handling.done and isinstance(error, DatabaseError):
                raise
            if not handling.done:
                return fault(error)
            # What it was to do is done and will not be done again; only the rest of it is lost.
            log.exception("handler failed after its write", extra={"error": fault(error)}, exc_info=False)
        if not handling.done:
            await self._finish(row)
        return None

    async def _finish(self, row: StoredUpdate) -> None:
        now = self._clock.now()
        await self._db.write(lambda tx: inbox.finish(tx, row.id, now))

    async def _dispatch(self, update: Update, acknowledgement: TapAcknowledgement | None) -> None:
        said = await self._dispatcher.feed_update(self._bot, update)
        if acknowledgement is not None:
            acknowledgement.said = said


def _is_known(update: Update) -> bool:
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False


def _delay_after(waits: tuple[float, ...], index: int) -> float:
    """The wait after so many failures; the last one for all that follow."""
    return waits[min(index, len(waits) - 1)]


async def _wait_for_news(bell: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_REST):
            await bell.wait()
