"""Open the database: one writer, many readers.

A write is a synchronous function of a transaction, run by :meth:`Database.write`.

Invariants:

* A result is released only after the commit that holds it: what a caller was told is on the disk.
* A write that raises is undone alone; the others that share its commit are kept, unless SQLite undoes all of them,
  as it does when the disk is full.
* On SQLite one thread runs all writes, each in a savepoint, and commits them in groups
  (`bot.db.engine.sqlite.writer`). On PostgreSQL each write has a transaction of its own, but for small ones that share
  it (`bot.db.engine.postgresql.shared_writes`). It is repeated when the server undid it.
* A write may run more than once, and has no effect outside of its transaction.
* Reads run beside the writer and never wait for it; on SQLite they have threads of their own
  (`bot.db.engine.sqlite.reader`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.engine.announcements import Listeners, collect_announcements
from bot.db.engine.errors import DatabaseError, describe_place, translate_errors
from bot.db.engine.joined_write import find_joined_write
from bot.db.engine.outages import OutageLog
from bot.db.engine.postgresql.connections import IDLE_SECONDS, make_postgresql_engine, run_repeatedly
from bot.db.engine.postgresql.shared_writes import SharedWrites
from bot.db.engine.sqlite.files import DatabaseFiles
from bot.db.engine.sqlite.reader import SqliteReader
from bot.db.engine.sqlite.writer import SqliteWriter

T = TypeVar("T")
PROBE_SECONDS = 3.0
_PROBE_READ = text("SELECT version_num FROM alembic_version")
_PROBE_WRITE = text("UPDATE alembic_version SET version_num = version_num")

__all__ = ["Connection", "Database"]


class Database:
    """One database, SQLite or PostgreSQL, by its address (``sqlite:///tropa.db``, ``postgresql://user@host/name``).

    Raises DatabaseError when this is not an address, or when its driver is not installed. Nothing is opened before the
    first read or write. PostgreSQL ends a transaction that does nothing for ``idle_seconds``.
    """

    def __init__(self, url: str, idle_seconds: int = IDLE_SECONDS) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError):  # ValueError: a port that is no number
            raise DatabaseError('database.url is not an address such as "sqlite:///tropa.db"') from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.files = DatabaseFiles(self.url)
        self._open_url = self.files.open_url if self.is_sqlite else self.url
        self._writer: SqliteWriter | None = None
        self._reader: SqliteReader | None = None
        self._server = None if self.is_sqlite else make_postgresql_engine(self.url, idle_seconds)
        self._shared = None if self._server is None else SharedWrites(self._server)
        self.listeners = Listeners()
        self._reading, self._writing = OutageLog("reading"), OutageLog("writing")

    def _make_writer(self) -> SqliteWriter:
        return SqliteWriter(create_engine(self._open_url, hide_parameters=True), self.url, self.files)

    @property
    def _engine(self) -> AsyncEngine:
        assert self._server is not None, "SQLite has a writer and a reader instead"
        return self._server

    async def write(self, fn: Callable[[Connection], T], *, reads_no_counters: bool = False) -> T:
        """Run ``fn`` in a write transaction and return its result once it is durable; an exception rolls it back alone.

        ``reads_no_counters``: what ``fn`` counts may be written once for all writes that share its commit.
        Inside a block of `bot.db.engine.joined_write`, what joins this write runs first, in the same transaction.
        Raises DatabaseError (full, locked, damaged, unreachable) with a sentence for people.
        """
        joined = find_joined_write()  # read here: the writer's thread has a context of its own

        def write_with_joined(tx: Connection) -> T:
            if joined is not None:
                joined.run(tx)
            return fn(tx)

        try:
            result, topics = await self._write(
                lambda tx: collect_announcements(tx, write_with_joined), may_put_off=reads_no_counters
            )
        except DatabaseError as error:
            self._writing.record_failure(str(error))
            raise
        self._writing.record_success()
        if joined is not None:
            joined.confirm()
        self.listeners.notify(topics)
        return result

    async def _write(self, fn: Callable[[Connection], T], *, may_put_off: bool) -> T:
        if not self.is_sqlite:
            with translate_errors(self.url):
                if may_put_off and self._shared is not None:
                    shared: T = await self._shared.run(fn)
                    return shared
                return await run_repeatedly(self._engine, fn, commits=True)
        if self._writer is None:
            self._writer = self._make_writer()
        return await asyncio.wrap_future(self._writer.submit(fn, may_put_off=may_put_off))

    async def run_apart(self, fn: Callable[[Any], T]) -> T:
        """Run ``fn`` with SQLite's own connection, outside of transactions; the writes that wait run after it."""
        if self._writer is None:
            self._writer = self._make_writer()
        return await asyncio.wrap_future(self._writer.submit_apart(fn))

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` on a connection that sees one state of the database; anything it writes is thrown away.

        On PostgreSQL it runs again when the connection is lost. Raises DatabaseError like :meth:`write`.
        """
        try:
            with translate_errors(self.url):
                result = await self._read(fn)
        except DatabaseError as error:
            self._reading.record_failure(str(error))
            raise
        self._reading.record_success()
        return result

    async def _read(self, fn: Callable[[Connection], T]) -> T:
        if not self.is_sqlite:
            # By default each statement on PostgreSQL sees a newer state; a map is made of many statements.
            snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ")
            return await run_repeatedly(snapshots, fn, commits=False)
        self.files.check()
        if self._reader is None:
            self._reader = SqliteReader(self._open_url)
        return await self._reader.run(fn)

    @asynccontextmanager
    async def open_session(self) -> AsyncIterator[AsyncConnection]:
        """Open a session of its own on PostgreSQL, outside of transactions: its locks are held until the block ends."""
        with translate_errors(self.url):
            async with self._engine.connect() as connection:
                session = await connection.execution_options(isolation_level="AUTOCOMMIT")
                try:
                    yield session
                finally:
                    # Given back to the pool, it would keep its locks.
                    await session.invalidate()

    async def find_problem(self) -> str | None:
        """Return the sentence about what keeps us from reading or storing now, or None; takes `PROBE_SECONDS` at most.

        A write is tried only after one that failed: while all is well, nothing is written for the sake of asking.
        """
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                if self.files.is_lock_lost:
                    return f"the file {self.files.lock_path} was removed while Tropa runs"
                await self.read(lambda tx: tx.execute(_PROBE_READ).first())
                if self._writing.problem is not None:
                    await self.write(lambda tx: tx.execute(_PROBE_WRITE) and None)
        except DatabaseError as error:
            return str(error)
        except TimeoutError:
            return self._writing.problem or f"the database {describe_place(self.url)}: does not answer"
        return None

    async def close(self) -> None:
        """Finish the writes that SQLite's thread was given, or fail them, then close the connections not in use."""
        if self._writer is not None:
            await asyncio.to_thread(self._writer.close)
            self._writer = None
        if self._reader is not None:
            await self._reader.close()
            self._reader = None
        if self._shared is not None:
            await self._shared.close()
        if self._server is not None:
            await self._server.dispose()


def lock_customer(tx: Connection, customer_id: int) -> None:
    """Make writers about one person wait for each other until the end of ``tx``; SQLite has only one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT id FROM customer WHERE id = :id FOR UPDATE"), {"id": customer_id})
