"""PostgreSQL in trouble: stopped, full, read-only, locked, out of connections, with a wrong address.

Each trouble is either "away for now", which callers wait for, or one sentence for the person who can mend it. A write
that failed is there not at all, or, when only the answer to its commit was lost, as a whole.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.db.delivery import pictures
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseAway
from bot.db.engine.postgresql import connections
from bot.db.upkeep.schema import migrate
from tests.postgresql import Server

pytestmark = pytest.mark.postgresql
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def server(postgresql_server: Server) -> Iterator[Server]:
    """The server of all tests; after this test it runs again with its usual settings."""
    yield postgresql_server
    postgresql_server.restart()


@pytest.fixture
async def db(server: Server, postgresql_url: str) -> AsyncIterator[Database]:
    database = Database(postgresql_url)
    await save(database, "before")
    yield database
    await database.close()


def insert(tx: Connection, key: str) -> None:
    pictures.save(tx, key, "x", NOW)


async def save(db: Database, key: str) -> None:
    await db.write(lambda tx: insert(tx, key))


async def is_saved(db: Database, key: str) -> bool:
    return await db.read(lambda tx: pictures.find_file_id(tx, key) is not None)


async def expect_away(sentence: str, db: Database, fn: Callable[[Connection], object]) -> None:
    with pytest.raises(DatabaseAway, match=sentence) as caught:
        await db.write(fn)
    assert "tropa@" not in str(caught.value)
    assert sentence in str(await db.find_problem())


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_server_that_stops_is_away_at_every_moment_and_costs_nothing_when_it_is_back(
    server: Server, db: Database, mode: str
) -> None:
    def stop_in_the_middle(tx: Connection) -> None:
        insert(tx, "in the middle")
        server.stop(mode)
        tx.execute(text("SELECT 1"))

    def stop_before_commit(tx: Connection) -> None:
        insert(tx, "at the commit")
        server.stop(mode)

    for stop in (stop_in_the_middle, stop_before_commit):
        await asyncio.gather(*[save(db, f"beside {number}") for number in range(5)])  # more connections in the pool
        with pytest.raises(DatabaseAway):
            await db.write(stop)
        with pytest.raises(DatabaseAway, match="cannot be reached; check that it runs"):
            await save(db, "while stopped")
        with pytest.raises(DatabaseAway, match="cannot be reached"):
            await is_saved(db, "before")
        assert await db.find_problem() is not None
        server.start()
        assert await db.find_problem() is None
        await asyncio.gather(*[save(db, f"again {number}") for number in range(5)])
    assert not await is_saved(db, "in the middle")
    assert not await is_saved(db, "at the commit")


async def test_restart_between_two_transactions_is_not_noticed(server: Server, db: Database) -> None:
    await asyncio.gather(*[save(db, f"first {number}") for number in range(5)])
    server.restart()
    await asyncio.gather(*[save(db, f"second {number}") for number in range(5)])
    assert await is_saved(db, "second 4")


async def test_write_whose_connection_was_ended_is_repeated_and_kept_once(db: Database) -> None:
    tries = []

    def end_own_connection_once(tx: Connection) -> None:
        tries.append("try")
        insert(tx, f"try {len(tries)}")
        if len(tries) == 1:
            tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await db.write(end_own_connection_once)
    assert [await is_saved(db, "try 1"), await is_saved(db, "try 2")] == [False, True]


async def test_commit_whose_answer_is_lost_is_not_repeated(server: Server, db: Database) -> None:
    tries = []

    def end_connection_before_commit(tx: Connection) -> None:
        tries.append("try")
        own = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        server.execute(f"SELECT pg_terminate_backend({own})")

    with pytest.raises(DatabaseAway, match="the connection was lost"):
        await db.write(end_connection_before_commit)
    assert tries == ["try"], "it may have been committed, and only the caller knows whether it may be done twice"


async def test_deadlock_is_repeated_until_both_writes_are_kept(db: Database) -> None:
    await save(db, "a")
    await save(db, "b")

    def change(tx: Connection, *keys: str) -> None:
        for key in keys:
            tx.execute(text("UPDATE picture SET file_id = file_id || 'y' WHERE key = :key"), {"key": key})
            tx.execute(text("SELECT pg_sleep(0.2)"))  # the other one changes its first key meanwhile

    await asyncio.gather(db.write(lambda tx: change(tx, "a", "b")), db.write(lambda tx: change(tx, "b", "a")))
    assert await db.read(lambda tx: [pictures.find_file_id(tx, key) for key in "ab"]) == ["xyy", "xyy"]


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_transaction_that_is_undone_every_time_is_away_after_some_tries(
    db: Database, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "FIRST_PAUSE", 0.0)
    tries = []

    def be_undone(tx: Connection) -> None:
        tries.append("try")
        raise_state(tx, state)

    with pytest.raises(DatabaseAway, match="undid a write"):
        await db.write(be_undone)
    assert len(tries) == connections.TRIES


def raise_state(tx: Connection, state: str) -> None:
    """Let the server raise what it would raise itself in this trouble."""
    tx.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'kanarek' USING ERRCODE = '{state}'; END $$"))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("53100", "the disk of its server is full"),
        ("53200", "too little memory or room"),
        ("58030", "cannot use its disk"),
        ("57P03", "stopping or starting"),
        ("08006", "the connection was lost"),
    ],
)
async def test_trouble_that_cannot_be_made_here_is_known_by_its_sqlstate(
    db: Database, state: str, sentence: str
) -> None:
    with pytest.raises(DatabaseAway, match=sentence) as caught:
        await db.write(lambda tx: raise_state(tx, state))
    assert "kanarek" not in str(caught.value), "the server's words may hold a customer's"


async def test_server_without_free_connections_is_away(server: Server, postgresql_url: str) -> None:
    server.restart("max_connections=4", "superuser_reserved_connections=1")
    db, failed = Database(postgresql_url), list[DatabaseAway]()

    def hold_connection(tx: Connection) -> None:
        while not failed:
            tx.execute(text("SELECT pg_sleep(0.05)"))

    async def write() -> None:
        try:
            await db.write(hold_connection)
        except DatabaseAway as error:
            failed.append(error)

    await asyncio.gather(*[write() for _ in range(8)])
    for error in failed:
        assert "takes no more connections" in str(error)
    await save(db, "after")
    await db.close()


async def test_read_only_server_is_away_and_its_data_can_be_read(server: Server, db: Database) -> None:
    server.restart("default_transaction_read_only=on")
    await expect_away("it is read-only for now", db, lambda tx: insert(tx, "x"))
    assert await is_saved(db, "before")
    server.restart()
    assert await db.find_problem() is None


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("statement_timeout=100ms", "its server stopped a statement that took too long"),
        ("lock_timeout=100ms", "another program holds a lock on it"),
    ],
)
async def test_row_that_another_program_has_locked_is_away(
    server: Server, db: Database, postgresql_url: str, setting: str, sentence: str
) -> None:
    server.restart(setting)
    other = Database(postgresql_url)
    async with other._engine.connect() as connection:
        await connection.execute(text("LOCK TABLE picture, alembic_version IN SHARE MODE"))
        await expect_away(sentence, db, lambda tx: insert(tx, "x"))
        await connection.rollback()
    await other.close()
    await save(db, "after")
    assert await db.find_problem() is None


async def test_session_gives_up_waiting_for_a_lock_unless_the_server_has_a_limit_of_its_own(
    server: Server, postgresql_url: str
) -> None:
    def read_limits(tx: Connection) -> tuple[object, ...]:
        names = ("lock_timeout", "idle_in_transaction_session_timeout", "tcp_keepalives_idle")
        return tuple(tx.execute(text(f"SHOW {name}")).scalar_one() for name in names)

    for settings, limits in (((), ("5s", "5min", "10")), (("lock_timeout=7s",), ("7s", "5min", "10"))):
        server.restart(*settings)
        db = Database(postgresql_url)
        assert await db.read(read_limits) == limits
        await db.close()


async def test_socket_notices_a_host_that_is_gone(db: Database) -> None:
    """Without it a write to a machine that lost its power would wait for a quarter of an hour, or for ever."""
    async with db._engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        ours = driver._transport.get_extra_info("socket")
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000


async def test_connection_keeps_the_statements_of_a_days_work_prepared(db: Database) -> None:
    """A statement that has to be prepared again takes three times as long."""

    def run_many(tx: Connection) -> int:
        for number in range(300):
            tx.execute(text(f"SELECT {number}"))
        return int(tx.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one())

    assert await db.read(run_many) >= 300


async def test_pool_without_a_free_connection_is_away(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "POOL_SIZE", 1)
    monkeypatch.setattr(connections, "POOL_OVERFLOW", 0)
    monkeypatch.setattr(connections, "POOL_SECONDS", 0.05)
    small = Database(db.url.render_as_string(hide_password=False))
    is_begun, may_end = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(tx: Connection) -> None:
        loop.call_soon(is_begun.set)
        while not may_end.is_set():
            tx.execute(text("SELECT pg_sleep(0.05)"))

    holding = asyncio.create_task(small.write(hold))
    await is_begun.wait()
    with pytest.raises(DatabaseAway, match="all connections to it are in use"):
        await save(small, "x")
    may_end.set()
    await holding
    await small.close()


async def test_processes_that_migrate_at_the_same_time_wait_for_each_other(postgresql_url: str) -> None:
    databases = [Database(postgresql_url) for _ in range(4)]
    await migrate(databases[0], "base")
    created = await asyncio.gather(*[migrate(database) for database in databases])
    assert sorted(created) == [False, False, False, True]
    for database in databases:
        await database.close()


async def test_migration_by_another_process_costs_a_running_one_nothing(db: Database, server: Server) -> None:
    """A prepared statement whose result changes its type is refused once by the server."""
    read_all = text("SELECT * FROM picture")
    await db.write(lambda tx: tx.execute(read_all).all() and None)
    server.execute("ALTER TABLE picture ADD COLUMN planted integer", str(db.url.database))
    await db.write(lambda tx: tx.execute(read_all).all() and None)
