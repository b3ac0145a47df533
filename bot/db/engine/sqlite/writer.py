"""SQLite: how connections are set up, and the one thread that writes.

Invariants:

* Transactions begin where SQLAlchemy says so; those of the writer take the lock at once.
* Writes that wait share a commit, each in a savepoint: one that raises is undone alone, unless SQLite undoes all of
  them, as it does when the disk is full.
* What writes put off (`bot.db.engine.commit_group`) is done before the next write that may not, and before the commit.
* A result is released after the commit that holds it, and after a look at the files: they are still the database's.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from bot.db.engine.commit_group import CommitGroup
from bot.db.engine.errors import DatabaseError, translate_error
from bot.db.engine.sqlite.files import DatabaseFiles

T = TypeVar("T")
LOCK_SECONDS = 5.0  # that a transaction waits for another program's lock; the end of a process waits for it too
GROUP = 64  # writes that share a commit at most; more would make the first of them wait


class _Job(NamedTuple):
    """Write with the future of its result; ``may_put_off``: it may put work off to the end of its group."""

    fn: Callable[[Connection], Any]
    done: "Future[Any]"
    may_put_off: bool


_Apart = Callable[[], None]  # runs between two groups, outside of transactions
_END = object()


def set_up_sqlite(engine: Engine, begin: str) -> None:
    """Configure SQLite: WAL, foreign keys, and transactions that begin where SQLAlchemy says so."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # else the driver begins transactions by itself, and some too late
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # with NORMAL a power cut may lose what was already acknowledged
            "foreign_keys=ON",
            f"busy_timeout={round(1000 * LOCK_SECONDS)}",
            "secure_delete=ON",  # overwrites deleted rows: words of a forgotten person stay in the WAL at most
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


class SqliteWriter:
    """Thread that alone writes to SQLite. It takes what waits in the queue as one group, up to `GROUP` writes."""

    def __init__(self, engine: Engine, url: URL, files: DatabaseFiles) -> None:
        set_up_sqlite(engine, begin="BEGIN IMMEDIATE")  # a lock taken later, after a read, could fail at once
        self._engine = engine
        self._url = url  # as people wrote it, for messages
        self._files = files
        self._is_watched = False
        self._is_closing = False
        self._given_up: Exception | None = None
        event.listen(engine, "connect", self._forget_watch)
        self._jobs: queue.SimpleQueue[_Job | _Apart | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tropa-writer", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[[Connection], T], *, may_put_off: bool = False) -> Future[T]:
        """Queue ``fn``; the future gets its result after the commit, or its error."""
        done: Future[T] = Future()
        self._jobs.put(_Job(fn, done, may_put_off))
        return done

    def submit_apart(self, fn: Callable[[Any], T]) -> Future[T]:
        """Queue ``fn``, which gets the driver's connection while no transaction is open; later writes wait for it."""
        done: Future[T] = Future()

        def run() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                connection = self._engine.raw_connection()
                try:
                    done.set_result(fn(connection))
                finally:
                    connection.close()  # goes back to the pool
            except Exception as error:  # belongs to the caller alone
                done.set_exception(translate_error(error, self._url))

        self._jobs.put(run)
        return done

    def close(self) -> None:
        """Run the writes that were submitted, or fail all of them when one group fails; then end the thread."""
        self._is_closing = True
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if callable(job):
                job()
                continue
            group = [job]
            after = self._gather(group)
            self._commit(group)
            if callable(after):
                after()
            elif after is _END:
                return

    def _gather(self, group: list[_Job]) -> "_Apart | object | None":
        """Add to the group what waits: one fsync for all. Return what has to run after it, `_END`, or None."""
        while len(group) < GROUP:
            try:
                more = self._jobs.get_nowait()
            except queue.Empty:
                return None
            if more is None:
                return _END
            if callable(more):
                return more
            group.append(more)
        return None

    def _commit(self, group: list[_Job]) -> None:
        """Commit the writes whose callers still wait for them; one by one if what they put off cannot be done."""
        started = [job for job in group if job.done.set_running_or_notify_cancel()]
        if started and not self._commit_together(started):
            for job in started:
                if not job.done.done():
                    self._commit_together([job])

    def _commit_together(self, group: list[_Job]) -> bool:
        """Run writes in one transaction; release the results after the commit, or its failure to all.

        Return False if nothing was kept because of a fault in what they put off, which may be that of one of them.
        """
        try:
            if self._given_up is not None:
                raise self._given_up
            with self._engine.begin() as connection:
                self._watch_files()
                self._files.check()
                results = self._run_group(connection, group)
            self._files.check()
        except Exception as error:
            translated = translate_error(error, self._url)
            if len(group) > 1 and not isinstance(translated, DatabaseError):
                return False
            if self._is_closing:  # a locked database is waited for once, not once for each group
                self._given_up = error
            for job in group:
                if not job.done.done():
                    job.done.set_exception(translated)
            return True
        for done, result in results:
            done.set_result(result)
        return True

    def _run_group(self, connection: Connection, group: list[_Job]) -> list[tuple[Future[Any], Any]]:
        """Run writes, each in a savepoint, and return the results of those that did not raise."""
        results: list[tuple[Future[Any], Any]] = []
        driver: Any = connection.connection.driver_connection  # a quarter of the time that SQLAlchemy takes
        together = CommitGroup()
        for fn, done, may_put_off in group:
            if not may_put_off:
                together.finish(connection)  # before its savepoint: it may see that, but not undo it
            try:
                driver.execute("SAVEPOINT job")
                result = together.run(connection, fn) if may_put_off else fn(connection)
                driver.execute("RELEASE job")
                results.append((done, result))
            except Exception as error:  # belongs to the caller of this write alone
                _roll_back_job(connection, error)
                done.set_exception(translate_error(error, self._url))
        together.finish(connection)
        return results

    def _forget_watch(self, _connection: Any, _record: Any) -> None:
        """Look at the log again: the last connection that is closed removes it, and a new one makes another."""
        self._is_watched = False

    def _watch_files(self) -> None:
        """Remember the files once they are open: the log is made by the first transaction of a connection."""
        if not self._is_watched:
            self._files.watch()
            self._is_watched = True


def _roll_back_job(connection: Connection, error: Exception) -> None:
    """Undo one write. Raises its error when nothing of the group is left: a full disk makes SQLite undo all of it."""
    try:
        connection.exec_driver_sql("ROLLBACK TO job")
        connection.exec_driver_sql("RELEASE job")
    except DBAPIError:
        raise error from None
