"""Files of SQLite that are removed, replaced, emptied or lost: nothing is acknowledged that nobody can read again."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.db.delivery import pictures
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseAway, DatabaseError
from bot.db.engine.leases import Leadership
from bot.db.engine.sqlite.writer import GROUP
from bot.db.upkeep.schema import migrate

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


async def save(db: Database, key: str) -> None:
    await db.write(lambda tx: pictures.save(tx, key, "x", NOW))


def stored_keys(path: Path) -> set[str]:
    """Return what another program finds in the file."""
    with closing(sqlite3.connect(path)) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM picture")}


def remove(path: Path) -> None:
    path.rename(path.with_suffix(".away"))


def replace(path: Path) -> None:
    shutil.copy(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)


def empty(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (remove, "was removed while Tropa runs; stop Tropa, put the file back or restore a backup, and start it again"),
        (replace, "was replaced by another file while Tropa runs; stop Tropa, put the file back"),
        (empty, "was emptied while Tropa runs; stop Tropa, put the file back"),
    ],
)
async def test_harmed_file_refuses_reads_and_writes_with_one_sentence(
    db: Database, path: Path, harm: Callable[[Path], None], sentence: str
) -> None:
    await save(db, "before")
    assert await db.find_problem() is None
    harm(path)
    for attempt in (save(db, "after"), db.read(lambda tx: pictures.find_file_id(tx, "before"))):
        with pytest.raises(DatabaseError) as caught:
            await attempt
        assert str(caught.value).startswith(f"the database {path} ")
        assert sentence in str(caught.value)
    assert sentence in str(await db.find_problem())


async def test_removed_file_is_used_again_when_the_same_one_is_put_back(db: Database, path: Path) -> None:
    await save(db, "before")
    remove(path)
    with pytest.raises(DatabaseError, match="was removed"):
        await save(db, "meanwhile")
    path.with_suffix(".away").rename(path)
    await save(db, "after")
    assert await db.find_problem() is None
    assert {"before", "after"} <= stored_keys(path)


async def test_write_during_which_the_file_is_removed_is_not_taken_for_stored(db: Database, path: Path) -> None:
    await save(db, "before")
    with pytest.raises(DatabaseError, match="was removed"):
        await db.write(lambda _tx: remove(path))


async def test_removed_log_refuses_writes_and_stopping_saves_what_it_held(sqlite_url: str, path: Path) -> None:
    db = Database(sqlite_url)
    await save(db, "before")
    Path(f"{path}-wal").unlink()
    with pytest.raises(DatabaseError, match=r"tropa\.db-wal, a part of the database, was removed .* SIGTERM"):
        await save(db, "after")
    await db.close()
    assert stored_keys(path) == {"before"}


async def test_file_locked_by_another_program_is_away_and_then_works_again(db: Database, path: Path) -> None:
    await save(db, "before")
    await db.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=50"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseAway, match="another program holds it"):
            await save(db, "meanwhile")
        assert "another program holds it" in str(await db.find_problem())
        other.execute("ROLLBACK")
    assert await db.find_problem() is None, "it tries to write after a write that failed"
    await save(db, "after")
    assert stored_keys(path) == {"before", "after"}


async def test_leader_whose_lock_file_was_removed_steps_down_and_can_lead_again(db: Database, path: Path) -> None:
    async with Leadership(db, renew_every=0.01) as first:
        Path(f"{path}.lock").unlink()
        assert "tropa.db.lock was removed" in str(await db.find_problem())
        await asyncio.wait_for(first.lost.wait(), 60)
    async with Leadership(db) as second:
        assert second.epoch == first.epoch + 1
        assert await db.find_problem() is None


async def test_lead_that_failed_at_a_locked_database_can_be_tried_again(db: Database, path: Path) -> None:
    await db.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=50"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseAway):
            await Leadership(db).__aenter__()
    async with Leadership(db) as lead:
        assert lead.epoch == 1


@pytest.mark.parametrize("name", ["tropa.db", "tropa.db.lock"])
async def test_file_that_cannot_be_written_to_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    db = Database(f"sqlite:///{tmp_path / 'tropa.db'}")
    with pytest.raises(DatabaseError, match=name):
        await migrate(db)
    with pytest.raises(DatabaseError, match=name):
        async with Leadership(db):
            pass
    await db.close()


def lose_all_but_the_lock(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def leave_an_empty_file(path: Path) -> None:
    lose_all_but_the_lock(path)
    path.touch()


def leave_a_database_without_tables(path: Path) -> None:
    lose_all_but_the_lock(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA user_version=1")


def leave_only_the_log(path: Path) -> None:
    lose_all_but_the_lock(path)
    Path(f"{path}.lock").unlink()
    Path(f"{path}-wal").write_bytes(b"what may still be saved")


@pytest.mark.parametrize(
    ("lose", "state"),
    [
        (lose_all_but_the_lock, "is missing, but tropa.db.lock beside it shows that it was in use"),
        (leave_an_empty_file, "is empty, but tropa.db.lock beside it shows that it was in use"),
        (leave_a_database_without_tables, "has no tables, but tropa.db.lock beside it shows that it was in use"),
        (leave_only_the_log, "is missing, but tropa.db-wal beside it shows that it was in use"),
    ],
)
async def test_no_new_database_is_made_where_a_filled_one_was_unless_asked_for(
    tmp_path: Path, lose: Callable[[Path], None], state: str
) -> None:
    path = tmp_path / "tropa.db"
    url = f"sqlite:///{path}"
    first, second, third = Database(url), Database(url), Database(url)
    assert await migrate(first)
    await first.close()
    lose(path)
    left = {file: file.read_bytes() for file in tmp_path.iterdir() if file != path}
    with pytest.raises(DatabaseError) as caught:
        await migrate(second)
    assert state in str(caught.value)
    assert "'tropa migrate --new' begins with an empty one" in str(caught.value)
    await second.close()
    assert all(file.read_bytes() == content for file, content in left.items()), "what may be saved is kept"
    assert await migrate(third, is_renewed=True)
    await save(third, "new")
    await third.close()
    assert stored_keys(path) == {"new"}


async def test_migrating_again_changes_nothing_for_a_database_in_use(db: Database) -> None:
    assert not await migrate(db)
    assert not await migrate(db, is_renewed=True)


async def test_missing_file_is_never_made_by_opening_it(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'no such.db'}")
    for attempt in (save(db, "x"), db.read(lambda tx: pictures.find_file_id(tx, "x"))):
        with pytest.raises(DatabaseError, match="it cannot be opened"):
            await attempt
    await db.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["with space.db", "50% é.db", "a#b.db"])
async def test_file_of_any_name_is_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    db = Database(f"sqlite:///{path}")
    assert await migrate(db)
    await save(db, "x")
    await db.close()
    assert stored_keys(path) == {"x"}


async def test_closing_waits_once_for_a_locked_file_and_fails_what_is_left(sqlite_url: str, path: Path) -> None:
    db = Database(sqlite_url)
    await save(db, "before")
    await db.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=200"))
    assert db._writer is not None
    waits: list[object] = []
    event.listen(db._writer._engine, "begin", waits.append)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writes = [asyncio.ensure_future(save(db, f"{number}")) for number in range(10 * GROUP)]
        await asyncio.sleep(0)  # all of them are submitted
        await db.close()
        results = await asyncio.gather(*writes, return_exceptions=True)
    assert all(isinstance(result, DatabaseAway) for result in results)
    assert len(waits) <= 2, "the group that was under way, and one more"
