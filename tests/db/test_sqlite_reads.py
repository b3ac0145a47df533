"""Reads of SQLite have threads of their own: they hold up neither the event loop nor each other nor the writer."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from bot.db.delivery import pictures
from bot.db.engine.database import Database
from bot.db.engine.sqlite.reader import CONNECTIONS

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
PATIENCE = 60.0  # seconds; only a test that fails waits so long


class HeldRead:
    """Read that computes until it is released; then it looks for the picture "x"."""

    def __init__(self) -> None:
        self._begun, self._released = threading.Event(), threading.Event()

    def __call__(self, tx: Connection) -> str | None:
        tx.execute(text("SELECT count(*) FROM picture")).scalar_one()  # from here on it sees this state
        self._begun.set()
        assert self._released.wait(PATIENCE), "nothing else could run"
        return pictures.find_file_id(tx, "x")

    async def wait_until_begun(self) -> None:
        assert await asyncio.to_thread(self._begun.wait, PATIENCE)

    def release(self) -> None:
        self._released.set()


async def save(db: Database) -> None:
    await db.write(lambda tx: pictures.save(tx, "x", "a file", NOW))


async def test_while_a_read_computes_other_reads_and_writes_end_and_it_sees_the_state_at_its_beginning(
    db: Database,
) -> None:
    held = HeldRead()
    reading = asyncio.create_task(db.read(held))
    await held.wait_until_begun()
    await save(db)
    assert await db.read(lambda tx: pictures.find_file_id(tx, "x")) == "a file"
    held.release()
    assert await reading is None


async def test_reads_beyond_the_connections_wait_and_are_answered(db: Database) -> None:
    await save(db)
    held = [HeldRead() for _ in range(CONNECTIONS)]
    reading = [asyncio.create_task(db.read(one)) for one in held]
    for one in held:
        await one.wait_until_begun()
    waiting = asyncio.create_task(db.read(lambda tx: pictures.find_file_id(tx, "x")))
    for one in held:
        one.release()
    assert await asyncio.gather(*reading, waiting) == ["a file"] * (CONNECTIONS + 1)


async def test_caller_who_is_cancelled_does_not_wait_for_the_read_but_closing_does(sqlite_url: str) -> None:
    earlier = set(threading.enumerate())
    db, held = Database(sqlite_url), HeldRead()
    reading = asyncio.create_task(db.read(held))
    await held.wait_until_begun()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    closing = asyncio.create_task(db.close())
    await asyncio.sleep(0)
    assert not closing.done()
    held.release()
    await closing
    for thread in set(threading.enumerate()) - earlier:
        if "connection" in thread.name:  # aiosqlite's; asyncio keeps those that it waited with
            thread.join(PATIENCE)
            assert not thread.is_alive()


@pytest.mark.parametrize("turns", range(8))
def test_connection_whose_caller_left_while_it_was_opened_is_closed_before_its_event_loop(
    sqlite_url: str, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", faults.append)
    earlier = set(threading.enumerate())

    async def leave_and_close() -> None:
        db = Database(sqlite_url)
        reading = asyncio.create_task(db.read(lambda tx: pictures.find_file_id(tx, "x")))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
        await db.close()

    asyncio.run(leave_and_close())
    for thread in set(threading.enumerate()) - earlier:
        thread.join(PATIENCE)
    assert faults == []


async def test_what_a_read_writes_is_thrown_away_and_its_error_is_its_callers_alone(db: Database) -> None:
    def write_and_fail(tx: Connection) -> None:
        pictures.save(tx, "x", "a file", NOW)
        raise ValueError("planted")

    with pytest.raises(ValueError, match="planted"):
        await db.read(write_and_fail)
    await db.read(lambda tx: pictures.save(tx, "x", "a file", NOW))
    assert await db.read(lambda tx: pictures.find_file_id(tx, "x")) is None
