"""PostgreSQL: connections whose waits are bounded, and transactions that are repeated when the server undid them.

Invariants:

* A connection that is known to be closed is never handed out: asyncpg sees the server close it, and the system sees a
  host that is gone. So a server that was restarted costs no transaction, and no statement is spent on asking.
* No wait is without end: for a connection, for a place in the pool, for a lock, for an answer of a host that is gone.
* A transaction is repeated when nothing of it was kept: the server undid it because of others, or the connection was
  lost before its commit. After a connection that was lost during the commit only the caller can know what to do.
"""

import asyncio
import random
import socket
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.db.engine.errors import DatabaseError, find_sqlstate, is_connection_lost

T = TypeVar("T")
TRIES = 4  # the server ends one of two transactions that wait for each other
FIRST_PAUSE = 0.05  # seconds before the second try, at most; doubled before each further one
CONNECT_SECONDS = 5
POOL_SECONDS = 10  # for a connection that is free
IDLE_SECONDS = 300  # a command may compute for long between two statements
STATEMENTS = 500  # prepared and kept for each connection; a day's work has about 200, and SQLAlchemy would keep 100
POOL_SIZE, POOL_OVERFLOW = 15, 5  # connections kept, and more that are closed after use
_PARAMETERS = {"host", "port", "ssl", "sslmode", "passfile", "target_session_attrs", "prepared_statement_cache_size"}
# SQLSTATE of serialization_failure, deadlock_detected and too_many_connections: another try soon may work. So it may
# after foreign_key_violation and unique_violation: another transaction removed or made the row in question, and the
# repeated one sees that.
_UNDONE = ("40001", "40P01", "53300", "23503", "23505")
_STALE_PLAN = "0A000"  # "cached plan must not change result type": another process has migrated the tables
_SESSION = {
    "lock_timeout": "5s",  # as long as SQLite waits for its lock
    # A process that was stopped, or a machine that is gone, in the middle of a transaction gives its locks back.
    "idle_in_transaction_session_timeout": "{idle_seconds}s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_SET_SESSION = (
    "SELECT set_config(name, value, false) FROM pg_settings JOIN (VALUES "
    + ", ".join(f"('{name}', '{value}')" for name, value in _SESSION.items())  # constants of this file # nosec B608
    + ") AS ours (name, value) USING (name) WHERE source = 'default'"
)
# The same on our side; an answer that takes long is waited for as long as its host is there.
_SOCKET = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 15_000}


def make_postgresql_engine(url: URL, idle_seconds: int = IDLE_SECONDS) -> AsyncEngine:
    """Return an engine with a pool of connections.

    A transaction that does nothing for ``idle_seconds`` is ended by the server.

    Raises DatabaseError when asyncpg is not installed, or when ``url`` has a parameter that it does not take.
    """
    if unknown := sorted(set(url.query) - _PARAMETERS):
        raise DatabaseError(f"database.url: {unknown[0]} cannot be set there; remove it")
    if "sslmode" in url.query:  # its name in the addresses that providers hand out
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})
    try:
        engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            hide_parameters=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_SECONDS,
            pool_use_lifo=True,  # the connection used last has most statements prepared, and others may fall idle
            connect_args=_connect_args(url),
        )
    except ModuleNotFoundError:
        raise DatabaseError("PostgreSQL needs the driver: pip install 'tropa[postgresql]'") from None
    set_session = _SET_SESSION.format(idle_seconds=idle_seconds)
    event.listen(engine.sync_engine, "connect", lambda connection, _record: _bound_waits(connection, set_session))
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _connect_args(url: URL) -> dict[str, object]:
    """Return what asyncpg is given beside the address, where the address does not say otherwise."""
    ours: dict[str, object] = {"timeout": CONNECT_SECONDS, "prepared_statement_cache_size": STATEMENTS}
    return {name: value for name, value in ours.items() if name not in url.query}


def _bound_waits(connection: Any, set_session: str) -> None:
    """Set limits for a new session, except those that the role or the server sets already."""
    cursor = connection.cursor()
    cursor.execute(set_session)
    cursor.close()
    connection.commit()
    transport = getattr(connection.driver_connection, "_transport", None)  # asyncpg has no other way to its socket
    ours = transport.get_extra_info("socket") if transport is not None else None
    if ours is not None and ours.family in (socket.AF_INET, socket.AF_INET6):
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, amount in _SOCKET.items():
            if hasattr(socket, option):  # not every system has all of them
                ours.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), amount)


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool replace a connection that the server has closed; SQLAlchemy's own check would ask the server."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def run_repeatedly(engine: AsyncEngine, fn: Callable[[Connection], T], *, commits: bool) -> T:
    """Run ``fn`` in a transaction and return its result; ``fn`` may run up to `TRIES` times.

    What it writes is committed if ``commits``, else thrown away.
    """
    for attempt in range(1, TRIES + 1):
        is_committing = False
        try:
            async with engine.connect() as connection:
                result = await connection.run_sync(fn)
                if commits:
                    is_committing = True
                    await connection.commit()
                return result
        except Exception as error:  # asyncpg's own too
            if attempt == TRIES or not _is_undone(error, is_committing=is_committing):
                raise
        # Of random length: transactions that met once would otherwise meet again.
        await asyncio.sleep(random.uniform(0, FIRST_PAUSE * 2 ** (attempt - 1)))  # noqa: S311 - no secret
    raise AssertionError  # the last attempt has returned or raised


def _is_undone(error: Exception, *, is_committing: bool) -> bool:
    """Tell whether a failed transaction left nothing behind and may work when it is repeated."""
    state = find_sqlstate(error)
    if state == _STALE_PLAN:
        return "InvalidCachedStatement" in type(getattr(error, "orig", error)).__name__
    return state in _UNDONE or (is_connection_lost(error) and not is_committing)
