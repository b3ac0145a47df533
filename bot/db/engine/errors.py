"""A database's refusals as sentences that say where, what and what to do.

None repeats a value: values are what people said.

::

    TropaError
     └── DatabaseError          the database cannot be used: damaged, of another version, a mistake in its address
          ├── DatabaseAway      it cannot be used for now: full, locked, stopping, out of reach; wait and try again
          └── AlreadyRunning    another process leads on this SQLite database (`bot.db.engine.sqlite.files`)

An error that is not in the tables of this module is a fault of the program: it is raised as it is, to be reported.
"""

import socket
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, exc
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError

from cjm.errors import TropaError


class DatabaseError(TropaError):
    """Raised when the database cannot be used, and a person has to mend that: its address, its file or its version.

    Nothing of the failed write is kept, unless PostgreSQL was lost during its commit. The message is a sentence for
    people; most name the database and the remedy. It ends a command or a start. A process that runs already waits and
    tries again, as with DatabaseAway: the mistake may be mended meanwhile.
    """


class DatabaseAway(DatabaseError):  # noqa: N818 - a state that passes; nothing is broken
    """Raised when the database cannot be used for now: full, locked, read-only, stopping, starting, out of reach.

    Wait and try again: nothing of the failed write is kept, unless PostgreSQL was lost during its commit.
    """


_SQLITE = (  # signs in small letters
    ("disk is full", DatabaseAway, "the disk is full; nothing was lost, free some room and go on"),
    ("is locked", DatabaseAway, "another program holds it; close that program and try again"),
    ("readonly", DatabaseAway, "it cannot be written to; check whose the file and its folder are"),
    ("disk i/o error", DatabaseAway, "the disk does not answer; check it and its free room"),
    ("malformed", DatabaseError, "it is damaged; restore a backup, or see whether 'sqlite3 FILE .recover' saves it"),
    ("not a database", DatabaseError, "this file is not a database"),
    ("unable to open", DatabaseError, "it cannot be opened; check that its file is there and may be written to"),
    ("no such table", DatabaseError, "it has no tables yet; run 'tropa migrate'"),
)

_POSTGRESQL = (  # beginnings of SQLSTATE; the first that fits counts
    ("28", DatabaseError, "it refuses the user or the password; correct database.url, or create that role"),
    ("3D", DatabaseError, "there is no database of this name; correct database.url, or create it with 'createdb'"),
    ("42501", DatabaseError, "this user may not do that; grant the rights, or use the user who ran 'tropa migrate'"),
    ("42P01", DatabaseError, "it has no tables yet; run 'tropa migrate'"),
    ("25006", DatabaseAway, "it is read-only for now; check whether its server is a standby, or was made read-only"),
    ("25P0", DatabaseAway, "its server ended a transaction that took too long; check why it is slow"),
    ("40", DatabaseAway, "it undid a write because of others at the same time; try again"),
    ("53100", DatabaseAway, "the disk of its server is full; nothing was lost, free some room and go on"),
    ("53300", DatabaseAway, "its server takes no more connections; close some, or raise max_connections"),
    ("53", DatabaseAway, "its server has too little memory or room; check that machine"),
    ("55P03", DatabaseAway, "another program holds a lock on it; end that program's transaction"),
    ("57014", DatabaseAway, "its server stopped a statement that took too long; check whether a program holds a lock"),
    ("57P", DatabaseAway, "its server is stopping or starting; check that it runs"),
    ("58", DatabaseAway, "its server cannot use its disk; check that machine"),
    ("08", DatabaseAway, "the connection was lost; check that its server runs"),
)
_LOST = ("is closed", "was closed", "closed the connection", "in progress", "released back", "connection_lost")
_BUSY = "all connections to it are in use; it is slow, or a program holds a lock"
_UNREACHABLE = "cannot be reached; check that it runs and that the address is right"
_NO_TLS = "an encrypted connection is not possible; check the server's certificate, and sslmode in database.url"
_UNKNOWN_HOST = "this host is not known; check database.url and the network"


def translate_error(error: BaseException, url: URL) -> BaseException:
    """Return a DatabaseError for a refusal that has a sentence here, and every other error unchanged.

    An IntegrityError stays as it is: it is a mistake of the program, and its caller may expect it.
    """
    if isinstance(error, IntegrityError | DatabaseError):
        return error
    find = _find_sqlite_refusal if url.get_backend_name() == "sqlite" else _find_postgresql_refusal
    found = find(error)
    if found is None:
        return error
    kind, sentence = found
    return kind(f"the database {describe_place(url)}: {sentence}")


def describe_place(url: URL) -> str:
    """Return where a database is, without user and password: its file, or its host and name."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.host or url.query.get('host', 'localhost')}/{url.database}"


@contextmanager
def translate_errors(url: URL) -> Iterator[None]:
    """Raise what the block raises, translated by `translate_error`."""
    try:
        yield
    except Exception as error:  # asyncpg's own too: SQLAlchemy does not wrap all of them
        translated = translate_error(error, url)
        if translated is error:
            raise
        raise translated from error


def _find_sqlite_refusal(error: BaseException) -> tuple[type[DatabaseError], str] | None:
    if isinstance(error, exc.TimeoutError):
        return DatabaseAway, _BUSY
    if not isinstance(error, DBAPIError | sqlite3.Error | OSError):
        return None
    message = str(getattr(error, "orig", error)).lower()
    refusals = ((kind, sentence) for sign, kind, sentence in _SQLITE if sign in message)
    return next(refusals, (DatabaseAway, _UNREACHABLE) if isinstance(error, OSError) else None)


def _find_postgresql_refusal(error: BaseException) -> tuple[type[DatabaseError], str] | None:
    if isinstance(error, exc.TimeoutError):
        return DatabaseAway, _BUSY
    state = find_sqlstate(error)
    for beginning, kind, sentence in _POSTGRESQL:
        if state.startswith(beginning):
            return kind, sentence
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME:
        return DatabaseError, _UNKNOWN_HOST
    if isinstance(error, ssl.SSLError) or (isinstance(error, ConnectionError) and "SSL" in str(error)):
        return DatabaseError, _NO_TLS
    if isinstance(error, OSError):  # a time-out too
        return DatabaseAway, _UNREACHABLE
    return (DatabaseAway, _sentence_of("08")) if is_connection_lost(error) else None


def _sentence_of(state: str) -> str:
    return next(sentence for beginning, _kind, sentence in _POSTGRESQL if beginning == state)


def find_sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's five characters for an error, or "" when the server did not say any.

    asyncpg's own errors have them, SQLAlchemy's have them inside; one of SQLAlchemy's keeps them only in its cause.
    """
    return next((state for one in _list_wrapped(error) if (state := getattr(one, "sqlstate", None))), "")


def is_connection_lost(error: BaseException) -> bool:
    """Tell whether the connection to PostgreSQL was lost, so that a new one may work."""
    if getattr(error, "connection_invalidated", False) or isinstance(error, PendingRollbackError):
        return True
    if state := find_sqlstate(error):
        return state.startswith(("08", "57P01", "57P02", "57P05", "25P03", "25P04"))
    return any(
        type(one).__module__.startswith(("asyncpg", "sqlalchemy.dialects")) and any(sign in str(one) for sign in _LOST)
        for one in _list_wrapped(error)
    )


def _list_wrapped(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it wraps: SQLAlchemy's holds one of its dialect, which comes from asyncpg's."""
    wrapped: BaseException | None = error
    while wrapped is not None:
        yield wrapped
        wrapped = getattr(wrapped, "orig", None) or wrapped.__cause__
