"""Databases that are full, damaged, of another program or no database: one message says where and what is wrong."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseAway, DatabaseError, translate_error
from bot.db.upkeep.schema import check_schema, migrate

CANARY = "kanarek-77ac"


def fill_pictures(tx: Connection) -> None:
    for number in range(100):
        row = {"key": str(number), "words": CANARY * 1000}
        tx.execute(text("INSERT INTO picture VALUES (:key, :words, '2026-11-22')"), row)


async def test_full_disk_fails_every_write_of_the_group_as_a_database_error(db: Database) -> None:
    """Any other error would count as a failure of the update itself, and set the update aside."""
    await db.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=120"))
    beside = [db.write(lambda tx: tx.exec_driver_sql("DELETE FROM mute")) for _ in range(3)]
    results = await asyncio.gather(db.write(fill_pictures), *beside, return_exceptions=True)
    failed = [one for one in results if isinstance(one, Exception)]
    assert failed, "the filling failed at least"
    for error in failed:
        assert isinstance(error, DatabaseError)
        assert "the disk is full" in str(error)
        assert CANARY not in str(error)
    assert await db.read(lambda tx: tx.scalar(text("SELECT count(*) FROM picture"))) == 0
    await db.write(lambda tx: tx.exec_driver_sql("DELETE FROM mute"))


@pytest.mark.parametrize(
    ("message", "means", "passes"),
    [
        ("database or disk is full", "the disk is full", True),
        ("disk I/O error", "the disk does not answer", True),
        ("database is locked", "another program holds it", True),
        ("attempt to write a readonly database", "cannot be written to", True),
        ("database disk image is malformed", "it is damaged", False),
        ("file is not a database", "not a database", False),
        ("unable to open database file", "cannot be opened", False),
    ],
)
def test_error_of_sqlite_becomes_a_message_without_data(message: str, means: str, passes: bool) -> None:
    refused = OperationalError("SELECT 1", {"key": CANARY}, sqlite3.OperationalError(message))
    error = translate_error(refused, make_url("sqlite:////srv/tropa.db"))
    assert isinstance(error, DatabaseError)
    assert isinstance(error, DatabaseAway) is passes
    assert str(error).startswith("the database /srv/tropa.db: ")
    assert means in str(error)
    assert CANARY not in str(error)


@pytest.mark.parametrize("damage", ["folder", "rubbish", "cut", "damaged", "newer"])
async def test_file_that_is_no_database_of_tropa_is_refused(sqlite_template: Path, tmp_path: Path, damage: str) -> None:
    path, whole = tmp_path / "tropa.db", sqlite_template.read_bytes()
    if damage == "folder":
        path.mkdir()
    else:
        torn = whole[:4096] + b"\xa7" * (len(whole) - 4096)
        path.write_bytes({"rubbish": b"no database " * 500, "cut": whole[:9000], "damaged": torn}.get(damage, whole))
    if damage == "newer":
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()
    database = Database(f"sqlite:///{path}")
    try:
        for attempt in (migrate, check_schema):
            with pytest.raises(DatabaseError) as caught:
                await attempt(database)
            assert "\n" not in str(caught.value)
    finally:
        await database.close()
        # The driver does not wait for the thread of a connection that could not be opened; on a busy machine it would
        # report to the loop of this test after that is closed.
        for thread in threading.enumerate():
            if thread.name.endswith("(_connection_worker_thread)"):
                thread.join(timeout=60)


@pytest.mark.parametrize("url", ["nonsense", "postgresql://u:p@127.0.0.1:port/x"])
def test_malformed_url_is_refused_with_one_message(url: str) -> None:
    with pytest.raises(DatabaseError, match=r"database\.url is not an address"):
        Database(url)
