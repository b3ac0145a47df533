"""SQLite: the threads that read.

Invariants:

* A read is one visit of a thread, however many statements it sends: the event loop is not woken for each of them, and
  answers taps while a long read computes.
* It runs in a transaction that sees one state of the database, and whatever it writes is rolled back.
* There is one connection for each thread at most, and reads beyond that wait in a queue.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import URL, Connection, create_engine

from bot.db.engine.sqlite_writer import set_up_sqlite

T = TypeVar("T")
THREADS = 8  # they share one interpreter: more would only wait for each other


class SqliteReader:
    """Threads that read the database at ``url``. Nothing is opened before the first read."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(url, hide_parameters=True, pool_size=THREADS, max_overflow=0)
        set_up_sqlite(self._engine, begin="BEGIN")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tropa-reader")

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` and return its result. A caller that is cancelled does not wait for a read that has begun."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, self._read, fn)

    def _read(self, fn: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return fn(connection)

    def close(self) -> None:
        """Wait for the reads that have begun, fail those in the queue, and close the connections."""
        self._threads.shutdown(cancel_futures=True)
        self._engine.dispose()
