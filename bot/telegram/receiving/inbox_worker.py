"""Hand stored updates to their handlers: in order per chat, fair to each chat, each update once.

Invariants:

* An update is stored before it is acknowledged and before it is parsed; `store` returns after the commit.
* How one update is handled, and marked done by the first write of its handler: `update_handler`.
* Of each chat one update is handled at a time, in the order of arrival. A chat whose update fails waits for it.
* A handler that fails is tried `TRIES` times; then the update is set aside, and the chat goes on. An update that
  cannot be parsed is set aside at once.
* A database that is away costs no try: nothing can be handled until it is back.
* An update that waits to be tried again keeps its chat waiting, but no place of other chats.
* How updates come to memory, and whose turn it is: `backlog` and `fair_queue`. When `run` is cancelled, as a leader is
  that lost its lease, it forgets them, and reads them again when it is called again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from aiogram import Bot, Dispatcher

from bot.clock import Clock
from bot.db.delivery import inbox
from bot.db.delivery.inbox import StoredUpdate
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.faults import describe_fault
from bot.outbox.display import Display
from bot.telegram.receiving.backlog import Backlog
from bot.telegram.receiving.fair_queue import FairQueue, QueuedUpdate
from bot.telegram.receiving.raw_update import UpdateJson, make_raw_update
from bot.telegram.receiving.update_handler import UNREADABLE, UpdateHandler

log = logging.getLogger(__name__)
# Handlers at the same time. On SQLite they share commits: 16 acknowledge taps half as fast again as 8. On PostgreSQL
# taps share two connections, but every other handler that writes holds one.
MOST_HANDLERS, MOST_HANDLERS_WITH_CONNECTIONS = 16, 12
TRIES = 3
SHUTDOWN_SECONDS = 1.0  # given to acknowledgements under way
LONGEST_REST = 1.0  # seconds without news; another process may have stored something
FETCH_PAUSE, LONGEST_FETCH_PAUSE = 4, 5.0  # pause after a fetch: so many times as long as it took; seconds at most


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
    """Worker of one bot: `store` keeps what came, `run` handles it until cancelled, and may then be called again.

    ``stores_alone``: while this process leads, no other one stores updates of this bot.
    """

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        bot: Bot,
        dispatcher: Dispatcher,
        display: Display,
        delays: RetryDelays | None = None,
        stores_alone: bool = True,
    ) -> None:
        self._db = db
        self._clock = clock
        self._delays = delays or RetryDelays()
        self._handler = UpdateHandler(
            db=db,
            clock=clock,
            bot=bot,
            dispatcher=dispatcher,
            display=display,
            patience=self._delays.tap,
            on_answer=self._prefer,
        )
        self._name = str(bot.id)
        self._stores_alone = stores_alone
        self._is_running = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._forget()

    def _prefer(self, chat: str | None) -> None:
        self._queue.prefer(chat)  # of the queue as it is now: each turn as the leader has a new one

    def _forget(self) -> None:
        """Begin with an empty memory: all that waits is in the database."""
        self._queue = FairQueue()
        self._backlog = Backlog(self._db, self._name, self._queue, stores_alone=self._stores_alone)
        self._free_places = MOST_HANDLERS if self._db.is_sqlite else MOST_HANDLERS_WITH_CONNECTIONS

    async def store(self, updates: Iterable[UpdateJson]) -> int:
        """Store updates and return how many are new; when this returns, they are safe and may be acknowledged."""
        raw_updates = []
        for update in updates:
            try:
                raw_updates.append(make_raw_update(update))
            except ValueError:
                log.warning("received JSON that is no update")
        now = self._clock.now()
        stored = await self._db.write(lambda tx: inbox.insert_updates(tx, self._name, raw_updates, now))
        if self._is_running:
            # One that was known may have been stored by another leader, and may wait still.
            for chat in {raw.chat for raw in raw_updates} if len(stored) < len(raw_updates) else ():
                self._backlog.mark_behind(chat)
            self._backlog.take_up(stored)
            self._fill_places()
            if self._backlog.has_news:
                self._news.set()
        return len(stored)

    async def run(self) -> None:
        """Handle updates until cancelled; a handler cut off before its first write is repeated at the next start."""
        self._is_running = True
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._news.clear()
                began = loop.time()
                await self._fetch()
                self._fill_places()
                if not len(self._queue):
                    self._idle.set()
                # A backlog of a hundred thousand takes half a second to look through: most of the time is for handling.
                await asyncio.sleep(min((loop.time() - began) * FETCH_PAUSE, LONGEST_FETCH_PAUSE))
                await _wait_for(self._news)
        finally:
            self._is_running = False
            for task in self._tasks:
                task.cancel()
            try:
                await asyncio.gather(*self._tasks, return_exceptions=True)
                await self._handler.stop(SHUTDOWN_SECONDS)
            finally:
                self._forget()

    async def _fetch(self) -> None:
        try:
            await self._backlog.fetch()
        except DatabaseError:
            pass  # the database itself logs it, once
        except Exception as error:  # a fault of ours; what is in memory is handled meanwhile
            log.exception("inbox not read", extra={"error": describe_fault(error)}, exc_info=False)

    async def wait_until_idle(self) -> None:
        """Return when every stored update was handled or set aside, and every tap acknowledged."""
        while True:
            self._idle.clear()
            waits = await self._db.read(lambda tx: inbox.is_any_waiting(tx, self._name))
            # In this order: a row is done before its handler is through.
            if not waits and not len(self._queue) and not self._backlog.is_worth_fetching:
                return await self._handler.wait_until_idle()
            await _wait_for(self._idle)

    def _fill_places(self) -> None:
        """Give each free place an update to handle."""
        while self._is_running and self._free_places and (update := self._queue.take()) is not None:
            self._free_places -= 1
            task = asyncio.create_task(self._handle(update))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handle(self, update: QueuedUpdate) -> None:
        """Try to handle an update; if it has to wait, wait without a place, and put it back into the queue."""
        pause = await self._try(update)
        self._free_places += 1
        if pause is None:
            self._queue.finish(update)
            self._backlog.note_finished(update)
        else:
            self._fill_places()
            await asyncio.sleep(pause)
            self._queue.put_back(update)
        self._fill_places()
        if self._backlog.is_worth_fetching:
            self._news.set()
        if not len(self._queue):
            self._idle.set()

    async def _try(self, update: QueuedUpdate) -> float | None:
        """Handle an update once. Return None when it is done or set aside, else the seconds until the next try."""
        row = update.stored
        try:
            error = await self._handler.try_to_handle(row)
            if error is None:
                return None
            if error is UNREADABLE or update.failures + row.attempts + 1 >= TRIES:
                await self._set_aside(row, error)
                return None
            log.warning("update not handled yet", extra={"inbox": row.id, "error": error})
            await self._db.write(lambda tx: inbox.count_failure(tx, row.id, error))
            update.failures += 1
            return _delay_after(self._delays.tries, row.attempts + update.failures - 1)
        except DatabaseError:
            pass  # as above
        except Exception as error:  # a fault of ours outside of the handlers; the update is kept, and its chat waits
            log.exception("update waits", extra={"inbox": row.id, "error": describe_fault(error)}, exc_info=False)
        update.waits += 1
        return _delay_after(self._delays.database, update.waits - 1)

    async def _set_aside(self, row: StoredUpdate, error: str) -> None:
        log.error("update set aside", extra={"inbox": row.id, "update": row.update_id, "error": error})
        now = self._clock.now()
        await self._db.write(lambda tx: inbox.set_aside(tx, row.id, error, now))
        self._handler.acknowledge(row)


def _delay_after(delays: tuple[float, ...], failures: int) -> float:
    """Return the delay after so many failures; the last one holds for all that follow."""
    return delays[min(failures, len(delays) - 1)]


async def _wait_for(news: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_REST):
            await news.wait()
