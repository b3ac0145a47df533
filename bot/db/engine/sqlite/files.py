"""Files of an SQLite database: the database, its write-ahead log, and the lock beside them.

Invariants:

* Only `DatabaseFiles.make` makes a database. Opening one that is missing fails, so a wrong path or a lost file is seen.
* Where a lock file or a write-ahead log shows that a database was in use, no new one is made unless that is asked for.
* While a process writes, the files stay the same files (same inode). What is written to a removed file is lost, so
  `check` is called before a group of writes and again before their results are released.
* One process holds the lock, until the lock file is removed: then another can make a new one, so the holder steps down.
"""

import os
import sys
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from bot.db.engine.errors import DatabaseError
from bot.private_files import make_private

_Identity = tuple[int, int]  # device and inode


class AlreadyRunning(DatabaseError):  # noqa: N818 - names a state; nothing is broken
    """Raised when another process already leads on this SQLite database; the message names its process, if known."""


class DatabaseFiles:
    """Files of the SQLite database at ``url``; none are known of a server, or in memory, or at ``file:``."""

    def __init__(self, url: URL) -> None:
        self._url = url
        name = url.database or ":memory:"
        is_file = url.get_backend_name() == "sqlite" and name != ":memory:" and not name.startswith("file:")
        self.path = Path(name) if is_file else None
        self._identities: dict[Path, _Identity] = {}
        self._lock_file: IO[str] | None = None

    @property
    def lock_path(self) -> Path:
        return Path(f"{self.path}.lock")

    @property
    def open_url(self) -> URL:
        """Address that opens the file without making it."""
        if self.path is None:
            return self._url
        return self._url.set(database=self.path.absolute().as_uri()).update_query_dict({"mode": "rw", "uri": "true"})

    def make(self, *, is_renewed: bool = False) -> None:
        """Make the file when it is missing; with ``is_renewed`` also where a filled one was lost, whose log is deleted.

        Raises DatabaseError when the folder is missing, or when the database seems to be lost.
        """
        if self.path is None or _size(self.path):
            return
        if not self.path.absolute().parent.is_dir():
            raise DatabaseError(f"the database {self.path}: there is no folder {self.path.parent}")
        if not is_renewed:
            state = "is empty" if self.path.exists() else "is missing"
            # Before the file is opened: SQLite removes the log of an empty database, and with it what might be saved.
            self.refuse_trace_of_use(state, self.lock_path, Path(f"{self.path}-wal"))
        for end in ("-wal", "-shm"):  # SQLite would take the log of the lost database for that of the new one
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        _touch(self.path)

    def refuse_trace_of_use(self, state: str, *traces: Path) -> None:
        """Raise DatabaseError when one of these files shows that the database was in use; ``state``: how it is now."""
        for trace in traces:
            if _size(trace) or (trace == self.lock_path and trace.exists()):
                raise DatabaseError(
                    f"the database {self.path} {state}, but {trace.name} beside it shows that it was in use: put the "
                    "file back or restore a backup; 'tropa migrate --new' begins with an empty one"
                )

    def refuse_missing(self) -> None:
        """Raise DatabaseError when there is no file: with the remedy where it was lost, else with how it is made."""
        if self.path is None or self.path.exists():
            return
        self.refuse_trace_of_use("is missing", self.lock_path, Path(f"{self.path}-wal"))
        raise DatabaseError(f"the database {self.path} does not exist yet; 'tropa run' or 'tropa migrate' makes it")

    def refuse_unwritable(self) -> None:
        """Raise DatabaseError when this user may not write to the file or, as SQLite has to, beside it."""
        for path in (self.path, self.path and self.path.absolute().parent):
            if path is not None and not os.access(path, os.W_OK):
                raise DatabaseError(f"the database {self.path}: this user may not write to {path}; check whose it is")

    def leave_trace(self) -> None:
        """Make the lock file: it shows from now on that the database was in use."""
        if self.path is not None and not self.lock_path.exists():
            _touch(self.lock_path)

    def lock(self) -> None:
        """Lock the database for this process. Raises AlreadyRunning when another process holds the lock."""
        if self.path is not None:
            self._lock_file = self._open_locked()

    def refuse_running(self) -> None:
        """Raise AlreadyRunning when another process holds the lock; a lock file is not made."""
        if self.path is not None and self.lock_path.exists():
            self._open_locked().close()

    def unlock(self) -> None:
        """Let another process lock the database."""
        if self._lock_file is not None:
            self._lock_file.close()
        self._lock_file = None

    @property
    def is_lock_lost(self) -> bool:
        """True when our lock file was removed: another process can make and lock a new one."""
        if self._lock_file is None:
            return False
        return not is_same_file(self.lock_path, self._lock_file.fileno())

    def watch(self) -> None:
        """Remember which files are in use; to be called when they are open, and again after the log was reopened."""
        if self.path is None:
            return
        names = [self.path] if self.path not in self._identities else []
        for file in (*names, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            if (identity := _identify(_stat(file))) is not None:
                self._identities[file] = identity

    def check(self) -> None:
        """Raise DatabaseError when a file in use was removed, replaced or emptied: what is written would be lost."""
        for file, identity in self._identities.items():
            found = _stat(file)
            if found is None:
                raise self._describe_loss(file, "was removed")
            if _identify(found) != identity:
                raise self._describe_loss(file, "was replaced by another file")
            if file == self.path and not found.st_size:
                raise self._describe_loss(file, "was emptied")

    def _describe_loss(self, file: Path, event: str) -> DatabaseError:
        if file == self.path:
            remedy = "stop Tropa, put the file back or restore a backup, and start it again"
            return DatabaseError(f"the database {file} {event} while Tropa runs; {remedy}")
        # SQLite writes what the removed log holds into the database when its last connection is closed properly.
        remedy = "stop Tropa with Ctrl-C or SIGTERM, which saves what the file held, and start it again"
        return DatabaseError(f"the file {file}, a part of the database, {event} while Tropa runs; {remedy}")

    def _open_locked(self) -> IO[str]:
        _touch(self.lock_path)
        file = self.lock_path.open("a+", encoding="ascii")
        try:
            lock_file(file)
        except OSError:
            file.seek(0)
            number = file.read(20).strip()
            file.close()
            by = f" (process {number})" if number.isdigit() else ""
            raise AlreadyRunning(
                f"the database {self.path}: another Tropa{by} runs on it; stop that one first"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file


def _touch(file: Path) -> None:
    """Make a file for this user alone if it is missing. Raises DatabaseError unless this user may write to it."""
    try:
        make_private(file)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise DatabaseError(f"the file {file} cannot be written to: {reason}; check whose it is") from None


def _stat(file: Path | int) -> os.stat_result | None:
    """Return what the system knows of a path or an open file; None when there is none."""
    try:
        return os.stat(file)  # noqa: PTH116 - pathlib cannot ask about an open file
    except OSError:
        return None


def _identify(found: os.stat_result | None) -> _Identity | None:
    return None if found is None else (found.st_dev, found.st_ino)


def is_same_file(path: Path, open_file: int) -> bool:
    """Return whether the open file still is the one at ``path``."""
    return _identify(_stat(path)) == _identify(_stat(open_file))


def _size(file: Path) -> int:
    found = _stat(file)
    return 0 if found is None else found.st_size


def lock_file(file: IO[str]) -> None:
    """Lock ``file`` for this process. Raises OSError when another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(1000)  # beyond the number, which others must be able to read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
