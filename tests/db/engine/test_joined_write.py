"""A joined write is made once, together with the first write that commits, and never with writes that stand apart."""

from datetime import UTC, datetime

import pytest

from bot.db.delivery import pictures
from bot.db.engine.database import Connection, Database
from bot.db.engine.joined_write import next_write_also, write_apart

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Mark:
    """A row to be written along, and how often its commit was confirmed."""

    def __init__(self) -> None:
        self.confirmed = 0

    def write(self, tx: Connection) -> None:
        pictures.save(tx, "mark", "joined", NOW)

    def confirm(self) -> None:
        self.confirmed += 1


def save(tx: Connection) -> None:
    pictures.save(tx, "own", "x", NOW)


def save_and_fail(tx: Connection) -> None:
    save(tx)
    raise RuntimeError("planted")


async def is_marked(db: Database) -> bool:
    return await db.read(lambda tx: pictures.find_file_id(tx, "mark")) is not None


async def test_the_first_write_inside_the_block_writes_the_mark_too(any_db: Database) -> None:
    mark = Mark()
    with next_write_also(mark.write, then=mark.confirm):
        await any_db.write(save)
        assert (await is_marked(any_db), mark.confirmed) == (True, 1)
        await any_db.write(lambda tx: pictures.delete_picture(tx, "mark"))
        await any_db.write(save)
    assert (await is_marked(any_db), mark.confirmed) == (False, 1)


async def test_a_write_that_fails_takes_the_mark_back_and_the_next_one_writes_it(any_db: Database) -> None:
    mark = Mark()
    with next_write_also(mark.write, then=mark.confirm):
        with pytest.raises(RuntimeError, match="planted"):
            await any_db.write(save_and_fail)
        assert (await is_marked(any_db), mark.confirmed) == (False, 0)
        await any_db.write(save)
    assert (await is_marked(any_db), mark.confirmed) == (True, 1)


async def test_writes_outside_of_the_block_or_apart_from_it_write_no_mark(db: Database) -> None:
    mark = Mark()
    with next_write_also(mark.write, then=mark.confirm), write_apart():
        await db.write(save)
    await db.write(save)
    assert (await is_marked(db), mark.confirmed) == (False, 0)


async def test_a_mark_that_cannot_be_written_fails_the_write(db: Database) -> None:
    def refuse(_tx: Connection) -> None:
        raise LookupError("handled before")

    mark = Mark()
    with next_write_also(refuse, then=mark.confirm), pytest.raises(LookupError, match="handled before"):
        await db.write(save)
    assert await db.read(lambda tx: pictures.find_file_id(tx, "own")) is None
    assert mark.confirmed == 0
