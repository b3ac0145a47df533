"""A database's refusals as sentences that say where and what. None repeats a value.

::

    TropaError
     └── DatabaseError   the database cannot be used now: full, locked, damaged, unreachable, of another version
"""

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from cjm.errors import TropaError


class DatabaseError(TropaError):
    """The database cannot be used now; nothing of what was being written is kept."""


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
    """The error as people should read it; what is not the database's fault comes back as it is."""
    if isinstance(error, IntegrityError) or not isinstance(error, (DBAPIError, OSError)):
        return error
    where = (
        f"the database {url.database}"
        if url.get_backend_name() == "sqlite"
        else f"the database {url.host}/{url.database}"
    )
    said = str(getattr(error, "orig", error)).lower()
    for sign, sentence in _SQLITE:
        if sign in said:
            return DatabaseError(f"{where}: {sentence}")
    if isinstance(error, OSError) or getattr(error, "connection_invalidated", False):
        return DatabaseError(f"{where}: cannot be reached; check that it runs and that the address is right")
    if "does not exist" in said and "relation" in said:
        return DatabaseError(f"{where}: it has no tables yet; run 'tropa migrate'")
    return error
