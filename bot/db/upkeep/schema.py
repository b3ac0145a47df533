"""Schema of the database: migrate it to the newest that this program knows, and refuse one that it does not know."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

import migrations
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.tables import metadata


async def migrate(db: Database, to: str = "head") -> bool:
    """Bring the schema to ``to`` ("head", "base" or a later revision) in one transaction. Return True if it was empty.

    Raises DatabaseError when the database was made by a newer Tropa, or its folder is missing.
    """
    if db.is_sqlite and db.url.database and db.url.database != ":memory:":
        folder = Path(db.url.database).parent
        if not folder.is_dir():
            raise DatabaseError(f"the database {db.url.database}: there is no folder {folder}")
    return await db.write(lambda tx: _migrate(tx, to))


def _migrate(tx: Connection, to: str) -> bool:
    is_new = MigrationContext.configure(tx).get_current_revision() is None
    config = migrations.config()
    config.attributes["connection"] = tx
    _refuse_newer(tx)
    if to == "base":
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)
    return is_new


async def check_schema(db: Database) -> None:
    """Raise DatabaseError unless the schema's revision is the newest that this program knows."""
    await db.read(_check)


def _check(tx: Connection) -> None:
    _refuse_newer(tx)
    if (
        MigrationContext.configure(tx).get_current_revision()
        != ScriptDirectory.from_config(migrations.config()).get_current_head()
    ):
        raise DatabaseError("the database is not of this version yet; run 'tropa migrate'")


def _refuse_newer(tx: Connection) -> None:
    current = MigrationContext.configure(tx).get_current_revision()
    try:
        if current is not None:
            ScriptDirectory.from_config(migrations.config()).get_revision(current)
    except CommandError:
        raise DatabaseError(
            "the database was made by a newer Tropa; install that version, or restore a backup"
        ) from None


def list_differences(tx: Connection) -> list[object]:
    """Return how the database's tables differ from `bot.db.tables`; empty when the migrations make the same tables."""
    return list(compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata))
