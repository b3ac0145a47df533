"""Lock that one command at a time holds on a database while it changes imports; the bot goes on meanwhile.

Invariants:

* The lock is gone when its process is: the system releases a file's lock, the server that of a session.
* On SQLite it is a lock on a file beside the database, which is removed at the end. Only a lock on the file that still
  stands there counts: another process may have removed it and made a new one meanwhile.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import text

from bot.db.engine.database import Database
from bot.db.engine.sqlite.files import is_same_file, lock_file

_TRY_EVERY = 0.1  # seconds; neither a file nor a session's lock can be waited for without blocking the loop
_TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtext(current_schema() || '/tropa-importing'))")


@asynccontextmanager
async def hold_import_lock(db: Database, on_waiting: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """Hold the lock for the block.

    ``on_waiting`` is called again and again while another command holds it; what it raises ends the waiting.
    """
    hold = _hold_file_lock if db.is_sqlite else _hold_session_lock
    async with hold(db, on_waiting):
        yield


@asynccontextmanager
async def _hold_session_lock(db: Database, on_waiting: Callable[[], None]) -> AsyncIterator[None]:
    # The session ends with the block, and its lock with it.
    async with db.open_session() as session:
        while not (await session.execute(_TRY_LOCK)).scalar_one():
            on_waiting()
            await asyncio.sleep(_TRY_EVERY)
        yield


@asynccontextmanager
async def _hold_file_lock(db: Database, on_waiting: Callable[[], None]) -> AsyncIterator[None]:
    assert db.files.path is not None  # a command opens no database in memory
    path = Path(f"{db.files.path}.importing")
    while (file := _try_to_lock(path)) is None:
        on_waiting()
        await asyncio.sleep(_TRY_EVERY)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # where an open file cannot be removed, it stays and is used again
            path.unlink()
        file.close()


def _try_to_lock(path: Path) -> IO[str] | None:
    file = path.open("a+", encoding="ascii")
    try:
        lock_file(file)
        if is_same_file(path, file.fileno()):
            return file
    except OSError:
        pass  # another process holds it
    file.close()
    return None
