"""A lock that one command at a time holds on a database."""

import asyncio
from pathlib import Path

import pytest

from bot.db.engine.database import Database
from bot.db.imports.import_lock import hold_import_lock


async def test_second_command_waits_until_the_first_has_ended(any_db: Database, database_url: str) -> None:
    is_waiting, other = asyncio.Event(), Database(database_url)

    async def hold() -> None:
        async with hold_import_lock(other, is_waiting.set):
            pass

    async with hold_import_lock(any_db):
        second = asyncio.create_task(hold())
        await is_waiting.wait()
        assert not second.done()
        assert await any_db.read(lambda tx: 1) == 1  # the bot goes on meanwhile
    await second
    async with hold_import_lock(any_db, pytest.fail):  # nobody holds it any more
        pass
    await other.close()


async def test_waiting_ends_with_what_the_waiting_command_raises(db: Database) -> None:
    def give_up() -> None:
        raise InterruptedError

    async with hold_import_lock(db):
        with pytest.raises(InterruptedError):
            async with hold_import_lock(db, give_up):
                pytest.fail("two commands hold it")


async def test_file_of_the_lock_is_removed_and_a_file_that_stayed_is_used_again(db: Database, tmp_path: Path) -> None:
    lock = tmp_path / "tropa.db.importing"
    lock.write_text("", "ascii")  # of a process that was killed
    async with hold_import_lock(db, pytest.fail):
        assert lock.exists()
    assert not lock.exists()
