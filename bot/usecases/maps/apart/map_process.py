"""Read figures and draw pictures of maps in a process of their own.

Invariants:
* The event loop never waits for figures or for matplotlib, and where processors are few, it goes before both.
* A worker process that died is replaced for the next job. It ignores Ctrl-C (its parent ends it) and exits with its
  parent.
* The worker reads one database, with a connection of its own that it keeps open until another one is read, or until
  `MapProcess.release_database`. On SQLite it must be released before Tropa closes its own: the connection that is
  closed last writes into the database what stands in the log.
"""

import asyncio
import functools
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from bot.db.engine.database import Connection, Database
from bot.texts import Words
from cjm.drawing import PictureChoice, draw_asking, draw_choice, warm_up
from cjm.drawing.theme import Theme
from cjm.errors import TropaError
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap

log = logging.getLogger(__name__)
T = TypeVar("T")
NICENESS = 5  # maps yield to the process that answers customers where they share a processor


class MapProcessError(TropaError):
    """The process of maps is closed, or died twice over the same job."""


class MapProcess:
    """One worker process: ``start()`` prepares it ahead of the first map, ``close()`` ends it at once.

    After that nothing is read or drawn there any more. Jobs go one after the other.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._is_closed = False

    def _running_pool(self) -> ProcessPoolExecutor:
        if self._is_closed:
            raise MapProcessError("the map could not be made: Tropa stops")
        if self._pool is None:
            # A forked worker would inherit open database connections and locks of other threads.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=spawn, initializer=_initialize_worker)
        return self._pool

    async def start(self, *used: Callable[..., Any]) -> None:
        """Load matplotlib, and the modules of functions that will be used."""
        await asyncio.get_running_loop().run_in_executor(self._running_pool(), _load, used)

    async def read(self, url: str, read: Callable[[Connection], T]) -> T:
        """Run ``read`` as `Database.read` does, on the database at ``url``; it and its result are sent by pickle.

        Raises DatabaseError, what ``read`` raises, and MapProcessError when the worker dies over it twice.
        """
        return await self._run(functools.partial(_read, url, read))

    async def draw(self, journey_map: JourneyMap, words: Words, choice: PictureChoice, theme: Theme) -> bytes:
        """Return the picture as a file. Raises MapProcessError when the worker dies over it twice."""
        return await self._run(functools.partial(draw_choice, journey_map, words, choice, theme))

    async def draw_asking(self, report: AskingReport, words: Words, theme: Theme) -> bytes:
        """Return the picture of the asking as PNG. Raises MapProcessError as `draw` does."""
        return await self._run(functools.partial(draw_asking, report, words, theme=theme))

    async def _run(self, job: Callable[[], T]) -> T:
        for will_retry in (True, False):
            pool = self._running_pool()
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, job)
            except BrokenProcessPool:
                log.warning("process of maps died", extra={"will_retry": will_retry})
                if self._pool is pool:  # else another caller has replaced it already
                    self._pool = None
                    pool.shutdown(wait=False)
        raise MapProcessError("the map could not be made: its process died twice")

    async def release_database(self) -> None:
        """Close the database that was read, if any; for a process that goes on after Tropa stops."""
        if self._pool is not None and not self._is_closed:
            await self._run(_close_database)

    async def close(self) -> None:
        self._is_closed = True
        pool, self._pool = self._pool, None
        if pool is not None:
            # Killed, because loading matplotlib takes seconds that the end of a process does not have. The pool keeps
            # its processes to itself; from Python 3.14 on it has kill_workers().
            for worker in tuple((pool._processes or {}).values()):
                worker.kill()
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


# ---- in the worker -------------------------------------------------------------------------------------------------

_open_databases: dict[str, Database] = {}  # by address; one at most


def _initialize_worker() -> None:
    """Prepare the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal, this one too
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    logging.getLogger("bot").addHandler(logging.NullHandler())  # the parent logs the errors that it is sent
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    warm_up()


def _exit_with_parent() -> None:
    """Wait for the parent's end and exit: a parent that was killed cannot stop its worker."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)  # sys.exit() would only end this thread


@functools.cache
def _find_runner() -> asyncio.Runner:
    """Return the event loop of the worker, to which its connections belong."""
    return asyncio.Runner()


def _load(_used: Sequence[Callable[..., Any]]) -> None:
    """Keep garbage collections from what is loaded: to receive functions, this process has loaded their modules.

    To look through all of it again and again took a tenth of the time of reading figures.
    """
    gc.collect()
    gc.freeze()


def _read(url: str, read: Callable[[Connection], T]) -> T:
    if url not in _open_databases:
        _close_database()
        _open_databases[url] = Database(url)
    return _find_runner().run(_open_databases[url].read(read))


def _close_database() -> None:
    while _open_databases:
        _, db = _open_databases.popitem()
        _find_runner().run(db.close())
