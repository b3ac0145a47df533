"""Schema of the database: migrate it to the newest that this program knows, and refuse one that it does not know."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

import migrations
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.sqlite_files import DatabaseFiles
from bot.db.tables import metadata

_LOCK = 8_418_047  # number of the advisory lock; no other program should happen to use it


async def migrate(db: Database, to: str = "head", *, is_renewed: bool = False) -> bool:
    """Bring the schema to ``to`` ("head", "base" or a later revision) in one transaction. Return True if it was empty.

    ``is_renewed``: an empty SQLite database is filled although a trace shows that one was in use there. Raises
    DatabaseError without it, and when the database was made by a newer Tropa, or its folder is missing.
    """
    if db.is_sqlite:
        db.files.make(is_renewed=is_renewed)
    may_be_lost = db.is_sqlite and not is_renewed
    is_new = await db.write(lambda tx: _migrate(tx, to, db.files if may_be_lost else None))
    if db.is_sqlite and to != "base":
        db.files.leave_trace()
    return is_new


def _migrate(tx: Connection, to: str, files: DatabaseFiles | None) -> bool:
    if tx.dialect.name == "postgresql":
        # Processes that start together wait for each other: the second would fail at the tables of the first.
        tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    is_new = MigrationContext.configure(tx).get_current_revision() is None
    if is_new and files is not None:
        files.refuse_trace_of_use("has no tables", files.lock_path)
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
    revision = MigrationContext.configure(tx).get_current_revision()
    if revision is None:
        raise DatabaseError("the database has no tables yet; 'tropa run' or 'tropa migrate' makes them")
    if revision != ScriptDirectory.from_config(migrations.config()).get_current_head():
        raise DatabaseError("the database is of an older Tropa; start this one, or run 'tropa migrate'")


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
