"""SQLite: the connections that read, each with the thread that aiosqlite gives it.

Invariants:

* A read is one visit of a thread, however many statements it sends: the event loop is not woken for each of them, and
  answers taps while a long read computes.
* It runs in a transaction that sees one state of the database, and anything it writes is rolled back.
* There are `CONNECTIONS` at most, and reads beyond that wait in a queue.
* A connection that is being opened is never given up: its thread would report to an event loop that may be closed.
"""

import asyncio
import contextlib
import contextvars
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import SingletonThreadPool

from bot.db.engine.sqlite.writer import set_up_sqlite

T = TypeVar("T")
CONNECTIONS = 8  # they share one interpreter: more would only wait for each other


class SqliteReader:
    """Connections that read the database at ``url``. Nothing is opened before the first read.

    The engine of aiosqlite opens, hands out and closes them. Statements are sent by a second engine, which finds in
    each of their threads the connection that belongs there.
    """

    def __init__(self, url: URL) -> None:
        # No reset when a connection comes back: the second engine has rolled back already, without another visit.
        options: dict[str, Any] = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_reset_on_return": None}
        self._opened = create_async_engine(url.set(drivername="sqlite+aiosqlite"), hide_parameters=True, **options)
        set_up_sqlite(self._opened.sync_engine, begin="BEGIN")
        self._left: set[asyncio.Task[None]] = set()  # connections that cancelled callers wait for no more
        self._in_thread = threading.local()
        self._engine = create_engine(
            url,
            hide_parameters=True,
            creator=self._find_connection,
            poolclass=SingletonThreadPool,
            pool_size=CONNECTIONS,
        )
        set_up_sqlite(self._engine, begin="BEGIN")

    def _find_connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection = self._in_thread.connection
        return found

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` and return its result. A caller that is cancelled does not wait for a read that has begun."""
        context = contextvars.copy_context()
        opened = await self._connect()
        try:
            driver: Any = (await opened.get_raw_connection()).driver_connection
            # aiosqlite has no public method that runs several statements in one visit of its thread.
            result: T = await driver._execute(context.run, self._read, driver._conn, fn)
            return result
        finally:
            await asyncio.shield(opened.close())

    async def _connect(self) -> AsyncConnection:
        connecting = asyncio.ensure_future(self._opened.connect().start())
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            left = asyncio.create_task(_give_back(connecting))
            self._left.add(left)
            left.add_done_callback(self._left.discard)
            raise

    def _read(self, connection: sqlite3.Connection, fn: Callable[[Connection], T]) -> T:
        self._in_thread.connection = connection
        with self._engine.connect() as tx:
            return fn(tx)

    async def close(self) -> None:
        """Wait for the reads that have begun and the connections that are being opened, and close all."""
        await asyncio.gather(*self._left, return_exceptions=True)
        await self._opened.dispose()


async def _give_back(connecting: asyncio.Future[AsyncConnection]) -> None:
    """Give a connection back as soon as it is open; one that cannot be opened is no loss, as nobody waits for it."""
    with contextlib.suppress(Exception):
        await (await connecting).close()
