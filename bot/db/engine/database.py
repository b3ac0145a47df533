"""Open the database: one writer, many readers.

A write is a synchronous function of a transaction, run by :meth:`Database.write`.

Invariants:

* A result is released only after the commit that holds it: what a caller was told is on the disk.
* A write that raises is undone alone; the others that share its commit are kept, unless SQLite undoes all of them,
  as it does when the disk is full.
* On SQLite one thread runs all writes, each in a savepoint, and commits them in groups. On PostgreSQL each write has a
  transaction of its own and is tried up to `TRIES` times when the server asks for it.
* Reads run beside the writer and never wait for it.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.db.engine.announcements import Listeners, collect_announcements
from bot.db.engine.errors import DatabaseError, find_sqlstate, translate_error, translate_errors
from bot.db.engine.joined_write import find_joined_write

T = TypeVar("T")
GROUP = 64  # writes that share a commit at most; more would make the first of them wait
TRIES = 4  # PostgreSQL ends one of two transactions that wait for each other, and asks for it again
_TRY_AGAIN = ("40001", "40P01")  # SQLSTATE of serialization_failure and deadlock_detected

__all__ = ["Connection", "Database"]


class Database:
    """One database, SQLite or PostgreSQL, by its address (``sqlite:///tropa.db``, ``postgresql://user@host/name``).

    Raises DatabaseError when this is not an address, or when its driver is not installed. Nothing is opened before the
    first read or write.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError):  # ValueError: a port that is no number
            raise DatabaseError('database.url is not an address such as "sqlite:///tropa.db"') from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer: _Writer | None = None
        self._engine = self._async_engine()
        # By default each statement on PostgreSQL sees a newer state; a map is made of many statements.
        isolation = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._snapshots = self._engine.execution_options(**isolation)
        self.listeners = Listeners()

    def _async_engine(self) -> AsyncEngine:
        driver = "sqlite+aiosqlite" if self.is_sqlite else "postgresql+asyncpg"
        try:
            engine = create_async_engine(self.url.set(drivername=driver), hide_parameters=True)
        except ModuleNotFoundError:
            raise DatabaseError("PostgreSQL needs the driver: pip install 'tropa[postgresql]'") from None
        if self.is_sqlite:
            _set_up_sqlite(engine.sync_engine, begin="BEGIN")
        return engine

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` in a write transaction and return its result once it is durable; an exception rolls it back alone.

        Inside a block of `bot.db.engine.joined_write`, what joins this write runs first, in the same transaction.
        Raises DatabaseError (full, locked, damaged, unreachable) with a sentence for people.
        """
        joined = find_joined_write()  # read here: the writer's thread has a context of its own

        def write_with_joined(tx: Connection) -> T:
            if joined is not None:
                joined.run(tx)
            return fn(tx)

        result, topics = await self._write(lambda tx: collect_announcements(tx, write_with_joined))
        if joined is not None:
            joined.confirm()
        self.listeners.notify(topics)
        return result

    async def _write(self, fn: Callable[[Connection], T]) -> T:
        if self.is_sqlite:
            if self._writer is None:
                self._writer = _Writer(create_engine(self.url, hide_parameters=True))
            return await asyncio.wrap_future(self._writer.submit(fn))
        return await self._write_postgresql(fn)

    async def _write_postgresql(self, fn: Callable[[Connection], T]) -> T:
        with translate_errors(self.url):
            for attempt in range(1, TRIES + 1):
                try:
                    async with self._engine.begin() as connection:
                        return await connection.run_sync(fn)
                except Exception as error:
                    if attempt == TRIES or find_sqlstate(error) not in _TRY_AGAIN:
                        raise
        raise AssertionError  # the last attempt has returned or raised

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` on a connection that sees one state of the database; anything it writes is thrown away.

        Raises DatabaseError like :meth:`write`.
        """
        with translate_errors(self.url):
            async with self._snapshots.connect() as connection:
                return await connection.run_sync(fn)

    async def close(self) -> None:
        """Finish the writes that SQLite's thread was given, then close the connections that are not in use."""
        if self._writer is not None:
            await asyncio.to_thread(self._writer.close)
            self._writer = None
        await self._engine.dispose()


def _set_up_sqlite(engine: Engine, begin: str) -> None:
    """Configure SQLite: WAL, foreign keys, and transactions that begin where SQLAlchemy says so."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # else the driver begins transactions by itself, and some too late
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # with NORMAL a power cut may lose what was already acknowledged
            "foreign_keys=ON",
            "busy_timeout=10000",  # milliseconds
            "secure_delete=ON",  # overwrites deleted rows: words of a forgotten person stay in the WAL at most
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


class _Writer:
    """Thread that alone writes to SQLite. It takes what waits in the queue as one group, up to `GROUP` writes."""

    def __init__(self, engine: Engine) -> None:
        _set_up_sqlite(engine, begin="BEGIN IMMEDIATE")  # a lock taken later, after a read, could fail at once
        self._engine = engine
        self._jobs: queue.SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tropa-writer", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[[Connection], T]) -> Future[T]:
        """Queue ``fn``; the future gets its result after the commit, or its error."""
        done: Future[T] = Future()
        self._jobs.put((fn, done))
        return done

    def close(self) -> None:
        """Run the writes that were submitted, then end the thread."""
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        going = True
        while going:
            job = self._jobs.get()
            if job is None:
                return
            group = [job]  # and everything else that waits: one fsync for all of them
            while len(group) < GROUP and going:
                try:
                    more = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    going = False
                else:
                    group.append(more)
            self._commit(group)

    def _commit(self, group: list[tuple[Callable[[Connection], Any], Future[Any]]]) -> None:
        """Run a group of writes in one transaction; release the results after the commit, or its failure to all."""
        results: list[tuple[Future[Any], Any]] = []
        try:
            with self._engine.begin() as connection:
                for fn, done in group:
                    if not done.set_running_or_notify_cancel():
                        continue  # its caller was cancelled before the write began
                    try:
                        connection.exec_driver_sql("SAVEPOINT job")
                        result = fn(connection)
                        connection.exec_driver_sql("RELEASE job")
                        results.append((done, result))
                    except Exception as error:  # belongs to the caller of this write alone
                        _roll_back_job(connection, error)
                        done.set_exception(translate_error(error, self._engine.url))
        except Exception as error:
            for _fn, done in group:
                if not done.done():
                    done.set_exception(translate_error(error, self._engine.url))
            return
        for done, result in results:
            done.set_result(result)


def _roll_back_job(connection: Connection, error: Exception) -> None:
    """Undo one write. Raises its error when nothing of the group is left: a full disk makes SQLite undo all of it."""
    try:
        connection.exec_driver_sql("ROLLBACK TO job")
        connection.exec_driver_sql("RELEASE job")
    except DBAPIError:
        raise error from None


def lock_customer(tx: Connection, customer_id: int) -> None:
    """Make writers about one person wait for each other until the end of ``tx``; SQLite has only one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT id FROM customer WHERE id = :id FOR UPDATE"), {"id": customer_id})
