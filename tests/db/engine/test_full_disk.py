"""A full disk: the write fails with a sentence for people, nothing is wrongly taken for stored, and work goes on."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.people.tables import secret_table
from bot.db.upkeep.schema import migrate

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def limit_size(tx: Connection) -> None:
    """Leave room for two more pages."""
    pages = tx.execute(text("PRAGMA page_count")).scalar_one()
    tx.execute(text(f"PRAGMA max_page_count = {pages + 2}"))


def keep(tx: Connection, name: str, size: int = 1) -> None:
    tx.execute(insert(secret_table).values(name=name, value="x" * size, at=NOW))


def names(tx: Connection) -> list[str]:
    """Return what the test kept, beside the secret that each new database makes."""
    return list(tx.scalars(text("SELECT name FROM secret WHERE name <> 'person' ORDER BY name")))


async def test_on_a_full_disk_a_whole_group_fails_in_words_and_the_next_one_is_kept(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'tropa.db'}")
    try:
        await migrate(db)
        await db.write(limit_size)
        first, large = (
            asyncio.ensure_future(db.write(lambda tx: keep(tx, "first"))),
            asyncio.ensure_future(db.write(lambda tx: keep(tx, "large", 1_000_000))),
        )
        with pytest.raises(DatabaseError, match="the disk is full"):
            await large
        (outcome,) = await asyncio.gather(first, return_exceptions=True)
        kept = await db.read(names)
        assert kept == ([] if isinstance(outcome, DatabaseError) else ["first"])
        await db.write(lambda tx: keep(tx, "second"))
        assert await db.read(names) == [*kept, "second"]
    finally:
        await db.close()
