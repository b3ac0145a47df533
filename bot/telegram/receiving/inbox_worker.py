"""Hand stored updates to their handlers: in order per chat, many chats beside each other, each update once.

Invariants:

* An update is stored before it is acknowledged and before it is parsed; `store` returns after the commit.
* How one update is handled, and marked done by the first write of its handler: `update_handler`.
* Of each chat one update is handled at a time, in the order of arrival. A chat whose update fails waits for it.
* A handler that fails is tried `TRIES` times; then the update is set aside, and the chat goes on. An update that
  cannot be parsed is set aside at once.
* A database that is away costs no try: nothing can be handled until it is back.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from aiogram import Bot, Dispatcher

from bot.clock import Clock
from bot.db.delivery import inbox
from bot.db.delivery.inbox import StoredUpdate
from bot.db.engine.announcements import INBOX
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.telegram.receiving.raw_update import UpdateJson, make_raw_update
from bot.telegram.receiving.update_handler import UNREADABLE, UpdateHandler

log = logging.getLogger(__name__)
MOST_HANDLERS = 8  # at the same time: enough for slow ones, and few enough for the database
TRIES = 3
BATCH = 200  # updates fetched at once
MOST_QUEUED = 1000  # updates in memory; what is beyond waits in the database
LONGEST_REST = 1.0  # seconds without news; another process may have stored something


@dataclass(frozen=True, slots=True)
class RetryDelays:
    """Delays in seconds.

    ``tries``: before the second and third try. ``database``: between tries while the database is away, the last one for
    all that follow. ``tap``: until a tap is acknowledged although its handler still works.
    """

    tries: tuple[float, ...] = (1.0, 5.0)
    database: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 15.0)
    tap: float = 1.5


class InboxWorker:
    """Worker of one bot: `store` keeps what came, `run` handles it until cancelled."""

    def __init__(
        self, *, db: Database, clock: Clock, bot: Bot, dispatcher: Dispatcher, delays: RetryDelays | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._delays = delays or RetryDelays()
        self._handler = UpdateHandler(db=db, clock=clock, bot=bot, dispatcher=dispatcher, patience=self._delays.tap)
        self._name = str(bot.id)
        self._queues: dict[str | None, deque[StoredUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._queued_ids: set[int] = set()
        self._finished_ids: set[int] = set()
        self._slots = asyncio.Semaphore(MOST_HANDLERS)
        self._bell = asyncio.Event()

    async def store(self, updates: Iterable[UpdateJson]) -> int:
        """Store updates and return how many are new; when this returns, they are safe and may be acknowledged."""
        raw_updates = []
        for update in updates:
            try:
                raw_updates.append(make_raw_update(update))
            except ValueError:
                log.warning("received JSON that is no update")
        now = self._clock.now()
        return await self._db.write(lambda tx: inbox.insert_updates(tx, self._name, raw_updates, now))

    def nudge(self) -> None:
        """Look for stored updates now instead of after `LONGEST_REST`."""
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    async def run(self) -> None:
        """Handle updates until cancelled; a handler cut off before its first write is repeated at the next start."""
        forget = self._db.listeners.add(INBOX, self.nudge)
        try:
            while True:
                bell = self._bell
                try:
                    await self._fetch()
                except DatabaseError as error:
                    log.error("inbox waits for the database", extra={"error": str(error)})
                await _wait_for_news(bell)
        finally:
            forget()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._queues.clear()
            self._queued_ids.clear()

    async def wait_until_idle(self) -> None:
        """Return when every stored update was handled or set aside."""
        while True:
            bell = self._bell
            waiting = await self._db.read(self._any_waiting)
            if not waiting and not self._queues:  # in this order: a row is done before its handler is through
                return
            await _wait_for_news(bell)

    def _any_waiting(self, tx: Connection) -> bool:
        return bool(inbox.list_waiting(tx, self._name, 1))

    async def _fetch(self) -> None:
        """Put new updates into the queues of their chats."""
        if len(self._queued_ids) >= MOST_QUEUED:
            return
        self._finished_ids = set()  # what ends while we read may still look new in the rows
        most = len(self._queued_ids) + BATCH
        for row in await self._db.read(lambda tx: inbox.list_waiting(tx, self._name, most)):
            if row.id in self._queued_ids or row.id in self._finished_ids:
                continue
            self._queued_ids.add(row.id)
            # One task per chat keeps the order; it ends when the queue is empty.
            if row.chat in self._queues:
                self._queues[row.chat].append(row)
            else:
                self._queues[row.chat] = deque([row])
                task = asyncio.create_task(self._handle_chat(row.chat))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _handle_chat(self, chat: str | None) -> None:
        """Handle the updates of one chat, one after the other."""
        queue = self._queues[chat]
        while queue:
            row = queue[0]
            await self._handle(row)
            queue.popleft()
            self._queued_ids.discard(row.id)
            self._finished_ids.add(row.id)
        del self._queues[chat]
        self.nudge()

    async def _handle(self, row: StoredUpdate) -> None:
        """Handle one update until it is done or set aside."""
        attempts, away = row.attempts, 0
        while True:
            try:
                async with self._slots:
                    error = await self._handler.try_to_handle(row)
                if error is None:
                    return None
                attempts += 1
                if attempts >= TRIES or error is UNREADABLE:
                    return await self._set_aside(row, error)
                log.warning("update not handled yet", extra={"inbox": row.id, "error": error})
                await self._count_failure(row, error)
                await asyncio.sleep(_delay_after(self._delays.tries, attempts - 1))
            except DatabaseError as error:
                log.error("update waits for the database", extra={"inbox": row.id, "error": str(error)})
                await asyncio.sleep(_delay_after(self._delays.database, away))
                away += 1

    async def _count_failure(self, row: StoredUpdate, error: str) -> None:
        await self._db.write(lambda tx: inbox.count_failure(tx, row.id, error))

    async def _set_aside(self, row: StoredUpdate, error: str) -> None:
        log.error("update set aside", extra={"inbox": row.id, "update": row.update_id, "error": error})
        now = self._clock.now()
        await self._db.write(lambda tx: inbox.set_aside(tx, row.id, error, now))


def _delay_after(delays: tuple[float, ...], failures: int) -> float:
    """Return the delay after so many failures; the last one holds for all that follow."""
    return delays[min(failures, len(delays) - 1)]


async def _wait_for_news(bell: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_REST):
            await bell.wait()
