"""Databases of the fuzz tests: migrated once and copied, and checked at the end of a life."""

import asyncio
import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import text

from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from bot.db.upkeep.integrity import list_damage
from bot.db.upkeep.schema import migrate


@functools.cache
def _make_template_folder() -> Path:
    """Return a folder for a migrated, empty database. It goes when the process ends."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


async def open_database(folder: Path) -> Database:
    """Return a migrated, empty SQLite database in a folder."""
    template = _make_template_folder() / "template.db"
    if not template.exists():
        db = Database(f"sqlite:///{template}")
        await migrate(db)
        await db.close()
    path = folder / "tropa.db"
    await asyncio.to_thread(shutil.copy, template, path)
    return Database(f"sqlite:///{path}")


async def assert_sound(db: Database) -> None:
    """Assert that the file is whole, that every reference leads somewhere, and that counters are those of the rows."""

    def read(tx: Connection) -> tuple[list[str], list[object], list[object]]:
        wrong: list[object] = []
        for journey in journeys.list_current(tx).values():
            wrong += counter_check.list_wrong_counters(tx, journey)
        return list_damage(tx), list(tx.execute(text("PRAGMA foreign_key_check"))), wrong

    damage, lost, wrong = await db.read(read)
    assert not damage, damage
    assert not lost, lost[:5]
    assert not wrong, wrong[:5]
