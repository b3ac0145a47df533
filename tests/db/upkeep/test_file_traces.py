"""Traces of erased words in the files of SQLite: after the tick they are in none of them."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import insert, text

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseAway
from bot.db.people import customers
from bot.db.people.tables import customer_attribute_table
from bot.db.upkeep import file_traces
from bot.usecases.people.forget_customer import forget_customer
from bot.usecases.upkeep import clear_traces
from bot.usecases.upkeep.clear_traces import ClearTraces

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PEOPLE = 80


def name_of(number: int) -> str:
    return f"canary-{number:04}-end"


def store_people(tx: Connection) -> None:
    """Store people with attributes of many lengths, so that their rows move from page to page."""
    random = Random(5)
    numbers = list(range(PEOPLE))
    random.shuffle(numbers)
    for number in numbers:
        customer = customers.ensure_external_ids(tx, [name_of(number)], NOON)[name_of(number)]
        for key in ("a", "b", "c"):
            value = name_of(number) + "x" * random.randrange(900)
            row = {"customer_id": customer.id, "key": key, "since": NOON, "value": value}
            tx.execute(insert(customer_attribute_table).values(row))


async def forget(db: Database, clock: FrozenClock) -> list[bytes]:
    """Forget every other person and return their names."""
    await db.write(store_people)
    names = [name_of(number) for number in range(0, PEOPLE, 2)]
    await db.write(lambda tx: _forget_all(tx, names, clock.now()))
    return [name.encode() for name in names]


def _forget_all(tx: Connection, names: list[str], now: datetime) -> None:
    for person in customers.list_by_external_ids(tx, names).values():
        forget_customer(tx, person.id, None, 5, now)


def find_traces(folder: Path, names: list[bytes]) -> dict[str, int]:
    """Return how many of the names each file of the folder holds."""
    contents = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    found = {file: sum(name in content for name in names) for file, content in contents.items()}
    return {file: count for file, count in found.items() if count}


async def test_forgotten_people_are_in_no_file_of_the_folder(db: Database, tmp_path: Path) -> None:
    clock = FrozenClock(NOON)
    clear = ClearTraces(db, clock)
    names = await forget(db, clock)
    assert find_traces(tmp_path, names), "the log has them until it is emptied"
    await clear()
    assert find_traces(tmp_path, names) == {}
    assert find_traces(tmp_path, [name_of(1).encode()]), "those who were not forgotten are there"
    assert (await db.read(lambda tx: tx.execute(text("PRAGMA integrity_check")).scalar_one())) == "ok"


async def test_backup_of_the_time_after_it_has_them_in_no_page(db: Database, tmp_path: Path) -> None:
    clock = FrozenClock(NOON)
    clear = ClearTraces(db, clock)
    names = await forget(db, clock)
    await clear()
    backup = tmp_path / "kept"
    backup.mkdir()
    with closing(sqlite3.connect(tmp_path / "tropa.db")) as original, closing(sqlite3.connect(backup / "b.db")) as copy:
        original.backup(copy)
    assert find_traces(backup, names) == {}


async def test_reader_holds_the_log_up_and_not_the_writes(db: Database, tmp_path: Path) -> None:
    await db.write(store_people)
    with closing(sqlite3.connect(tmp_path / "tropa.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM customer").fetchone()
        await db.write(lambda tx: customers.ensure_external_ids(tx, ["later"], NOON))
        emptied, stored = await asyncio.gather(
            file_traces.empty_log(db), db.write(lambda tx: customers.ensure_external_ids(tx, ["next"], NOON))
        )
        assert not emptied
        assert stored
    assert await file_traces.empty_log(db)
    log = file_traces.find_log(db)
    assert log is not None
    assert log.stat().st_size == 0


async def test_log_in_use_is_told_once_and_only_when_it_lasts(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    clock = FrozenClock(NOON)
    clear = ClearTraces(db, clock)
    await clear()
    with closing(sqlite3.connect(tmp_path / "tropa.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM customer").fetchone()
        await db.write(store_people)
        told = []
        for minutes in (1, 8, 2, 1):
            await clear()
            told.append(caplog.text.count("it is being read"))
            clock.advance(timedelta(minutes=minutes))
        await clear()
    assert (told, caplog.text.count("it is being read")) == ([0, 0, 0, 1], 1)


async def test_large_file_is_rebuilt_at_night(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clear_traces, "SMALL", 0)
    clock = FrozenClock(NOON)
    clear = ClearTraces(db, clock)
    await forget(db, clock)
    size = (tmp_path / "tropa.db").stat().st_size
    await clear()
    assert (tmp_path / "tropa.db").stat().st_size >= size, "by day only the log is emptied"
    full = (tmp_path / "tropa.db").stat().st_size
    clock.advance(timedelta(hours=14))
    await clear()
    assert (tmp_path / "tropa.db").stat().st_size < full


async def test_writes_go_on_after_a_rebuild_that_fails(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await db.write(lambda tx: tx.execute(text("PRAGMA page_count")).scalar_one())

    def fail(_connection: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(DatabaseAway, match="the disk is full"):
        await db.run_apart(fail)
    assert await db.write(lambda tx: customers.ensure_external_ids(tx, ["next"], NOON))
