"""Traces of erased rows in the files of SQLite, and how they go. On PostgreSQL this is the server's own matter.

Invariants:

* A deleted row is overwritten where it stood (``secure_delete``), but not everywhere: the write-ahead log has former
  pages until it is emptied, and when SQLite moves rows to other pages, copies of them stay in unused parts of pages.
* Emptying the log takes milliseconds and waits for nobody: while somebody reads, it does nothing and is tried again.
* Rebuilding the file (``VACUUM``) leaves no unused part. It holds up all writes, about a second for 50 MB.
"""

import sqlite3
from pathlib import Path
from typing import Any

from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.sqlite.writer import LOCK_SECONDS


async def empty_log(db: Database) -> bool:
    """Write the log into the database and cut it to nothing; return False while a reader still needs it."""
    log = find_log(db)
    if log is None or not _find_size(log):
        return True
    return await db.run_apart(_empty_log)


def _empty_log(connection: Any) -> bool:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")  # who reads is not waited for: writes would wait, too
    try:
        is_busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:  # locked by a command beside us
        return False
    finally:
        cursor.execute(f"PRAGMA busy_timeout={round(1000 * LOCK_SECONDS)}")
        cursor.close()
    return not is_busy


async def rebuild_file(db: Database) -> None:
    """Write the database again without unused parts. Raises DatabaseError, as on a full disk: all stays as it is."""
    try:
        await db.run_apart(lambda connection: connection.cursor().execute("VACUUM").close())
    except sqlite3.Error as error:  # the driver's own: SQLAlchemy has no part in it
        raise DatabaseError(f"the database {db.files.path}: {str(error).lower()}") from None


def find_file_size(db: Database) -> int | None:
    """Return the bytes of the database file; None where there is no file."""
    return None if db.files.path is None else _find_size(db.files.path)


def find_log(db: Database) -> Path | None:
    """Return the path of the write-ahead log; None where there is no file."""
    return None if db.files.path is None else Path(f"{db.files.path}-wal")


def _find_size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
