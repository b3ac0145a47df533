"""A database's refusals as sentences that say where and what. None repeats a value: values are what people said.

::

    TropaError
     └── DatabaseError          the database cannot be used now: full, locked, damaged, unreachable, of another version
          └── AlreadyRunning    another process leads on this SQLite database (`bot.db.engine.leases`)
"""

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from cjm.errors import TropaError


class DatabaseError(TropaError):
    """Raised when the database cannot be used now: it is full, locked, damaged, unreachable or of another version.

    Nothing of the failed write is kept, unless PostgreSQL was lost during its commit. The message is a sentence for
    people; most name the database and the remedy.
    """


_SQLITE = (  # signs in small letters
    ("disk is full", "the disk is full; nothing was lost, free some room and go on"),
    ("is locked", "another program holds it; close that program and try again"),
    ("malformed", "it is damaged; restore a backup, or see whether 'sqlite3 FILE .recover' saves it"),
    ("not a database", "this file is not a database"),
    ("readonly", "it cannot be written to; check the file's permissions"),
    ("unable to open", "it cannot be opened; check that the folder exists and may be written to"),
    ("disk i/o error", "the disk does not answer; check it and its free room"),
    ("no such table", "it has no tables yet; run 'tropa migrate'"),
)


def translate_error(error: BaseException, url: URL) -> BaseException:
    """Return a DatabaseError for a refusal that has a sentence here, and every other error unchanged.

    An IntegrityError stays as it is: it is a mistake of the program, and its caller may expect it.
    """
    if isinstance(error, IntegrityError) or not isinstance(error, (DBAPIError, OSError)):
        return error
    where = (
        f"the database {url.database}"
        if url.get_backend_name() == "sqlite"
        else f"the database {url.host}/{url.database}"
    )
    message = str(getattr(error, "orig", error)).lower()
    for sign, sentence in _SQLITE:
        if sign in message:
            return DatabaseError(f"{where}: {sentence}")
    if isinstance(error, OSError) or getattr(error, "connection_invalidated", False):
        return DatabaseError(f"{where}: cannot be reached; check that it runs and that the address is right")
    if "does not exist" in message and "relation" in message:
        return DatabaseError(f"{where}: it has no tables yet; run 'tropa migrate'")
    return error
