"""Opening the database, one writer, many readers.

A write is a synchronous function of a transaction, run by :meth:`Database.write`. On SQLite one thread runs them
all, each in a savepoint, and commits them in groups: a result is released only after the commit that holds it. On
PostgreSQL each runs in a transaction of its own. Reads run beside them and never wait for a writer.
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

from bot.db.delivery import inbox
from bot.db.engine.announcements import Listeners, collect_announcements
from bot.db.engine.errors import DatabaseError, translate_error

T = TypeVar("T")
GROUP = 64  # writes that share a commit at most; more would make the first of them wait
TRIES = 4  # PostgreSQL may ask for a transaction again when two touched the same rows

__all__ = ["Connection", "Database"]


class Database:
    """One database, SQLite or PostgreSQL, by its address (``sqlite:///tropa.db``, ``postgresql://user@host/name``)."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError):  # ValueError: a port that is no number
            raise DatabaseError('database.url is not an address such as "sqlite:///tropa.db"') from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer: _Writer | None = None
        self._engine = self._async_engine()
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

        The first write made while an update is handled also marks that update done (see `bot.db.delivery.inbox`); it
        raises AlreadyHandled when that was done before. Raises DatabaseError (full, locked, damaged, unreachable)
        with a sentence for people.
        """
        handling = inbox.current.get()  # read here: the writer's thread has a context of its own

        def whole(tx: Connection) -> T:
            if handling is not None:
                handling.mark_done(tx)
            return fn(tx)

        result, announced = await self._write(lambda tx: collect_announcements(tx, whole))
        if handling is not None:
            handling.confirm()
        self.listeners.notify(announced)
        return result

    async def _write(self, fn: Callable[[Connection], T]) -> T:
        if self.is_sqlite:
            if self._writer is None:
                self._writer = _Writer(create_engine(self.url, hide_parameters=True))
            return await asyncio.wrap_future(self._writer.submit(fn))
        return await self._write_postgresql(fn)

    async def _write_postgresql(self, fn: Callable[[Connection], T]) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(fn)
            except DBAPIError as error:
                if attempt == TRIES or getattr(error.orig, "sqlstate", None) not in ("40001", "40P01"):
                    raise translate_error(error, self.url) from error
            except OSError as error:
                raise translate_error(error, self.url) from None
        raise AssertionError  # the last attempt has returned or raised

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` on a connection that sees one state of the database; what it writes would be thrown away."""
        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(fn)
        except (DBAPIError, OSError) as error:
            raise translate_error(error, self.url) from error

    async def close(self) -> None:
        if self._writer is not None:
            await asyncio.to_thread(self._writer.close)
            self._writer = None
        await self._engine.dispose()


def _set_up_sqlite(engine: Engine, begin: str) -> None:
    """SQLite as it comes is not in WAL mode, forgets foreign keys, and begins transactions when it likes."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


class _Writer:
    """The one thread that writes to SQLite."""

    def __init__(self, engine: Engine) -> None:
        _set_up_sqlite(engine, begin="BEGIN IMMEDIATE")
        self._engine = engine
        self._jobs: queue.SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tropa-writer", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[[Connection], T]) -> Future[T]:
        done: Future[T] = Future()
        self._jobs.put((fn, done))
        return done

    def close(self) -> None:
        """Finish what was submitted, then end."""
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        going = True
        while going:
            job = self._jobs.get()
            if job is None:
                return
            group = [job]
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
        """Run a group in one transaction; release the results after the commit, or the failure to all."""
        results: list[tuple[Future[Any], Any]] = []
        try:
            with self._engine.begin() as connection:
                for fn, done in group:
                    if not done.set_running_or_notify_cancel():
                        continue
                    try:
                        connection.exec_driver_sql("SAVEPOINT job")
                        result = fn(connection)
                        connection.exec_driver_sql("RELEASE job")
                        results.append((done, result))
                    except Exception as error:  # the job's own failure is its caller's, not the group's
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
    """Undo one job. Raises its error where nothing of the group is left: a full disk makes SQLite undo all of it."""
    try:
        connection.exec_driver_sql("ROLLBACK TO job")
        connection.exec_driver_sql("RELEASE job")
    except DBAPIError:
        raise error from None


def lock_customer(tx: Connection, customer_id: int) -> None:
    """Make writers about one person wait for each other (on SQLite there is only one writer anyway)."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT id FROM customer WHERE id = :id FOR UPDATE"), {"id": customer_id})
