"""Copy a database while it is in use, so that something can be tried without a change to the original.

Invariants:

* A copy shows one state of the original: what is written meanwhile is not in it.
* The original is only read.
* A temporary copy can be read by this user alone, and is deleted at the end of its block.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import JSON, Text, bindparam, cast, create_engine, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.sql.schema import Table

from bot.db.asking.tables import prompt_table
from bot.db.audit.tables import audit_entry_table, audit_mention_table
from bot.db.cases.tables import case_message_table
from bot.db.delivery.tables import inbox_table, letter_table, message_ref_table, picture_table, view_table
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.tables import lease_table
from bot.db.people.tables import secret_table
from bot.db.tables import metadata
from bot.db.upkeep.schema import migrate
from bot.private_files import make_private

ROWS = 2000  # of one table that are held in memory
LEFT_OUT = frozenset(  # of a copy from PostgreSQL: no figure and no import reads them, and they are large or secret
    {
        inbox_table, letter_table, message_ref_table, picture_table, view_table,
        prompt_table, case_message_table, lease_table, secret_table, audit_entry_table, audit_mention_table,
    }
)  # fmt: skip


def copy_sqlite_file(path: Path, target: Path) -> None:
    """Copy an SQLite database into a new file for this user alone. Raises sqlite3.Error or OSError."""
    make_private(target)
    with (
        # Read-only, so that a copy never creates or changes the original.
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        # In one step: it reads one state of the database, and in WAL mode writers go on meanwhile. A copy in several
        # steps begins again at each write of the running bot, and might never end.
        original.backup(copy)
        # The copy is marked as WAL too: opening it would put two more files beside it.
        copy.execute("PRAGMA journal_mode=DELETE")


@asynccontextmanager
async def open_copy(db: Database) -> AsyncIterator[Database]:
    """Open a temporary copy of the database for the block: an SQLite file, also where the original is PostgreSQL.

    Raises DatabaseError when it cannot be made, as on a full disk.
    """
    with TemporaryDirectory(prefix="tropa-copy-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "copy.db"
        copy = Database(f"sqlite:///{path}")
        try:
            with _explain_failed_copy(path):
                if db.is_sqlite:
                    assert db.files.path is not None  # a command opens no database in memory
                    await asyncio.to_thread(copy_sqlite_file, db.files.path, path)
                else:
                    await migrate(copy)
                    await _copy_rows(db, path)
            yield copy
        finally:
            await copy.close()


@contextmanager
def _explain_failed_copy(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise DatabaseError(f"a copy of the database could not be made in {path.parent}: {reason.lower()}") from None


async def _copy_rows(db: Database, path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        await db.read(lambda tx: _copy_tables(tx, engine))
    finally:
        engine.dispose()


def _copy_tables(tx: Connection, engine: Engine) -> None:
    # One transaction: when the connection to the original is lost and the read begins again, nothing is there yet.
    with engine.begin() as copy:
        for table in metadata.sorted_tables:
            if table not in LEFT_OUT:
                _copy_table(tx, copy, table)


def _copy_table(tx: Connection, copy: Connection, table: Table) -> None:
    # JSON is copied as text: as values, NULL and the JSON null would be the same.
    columns = [cast(c, Text).label(c.name) if isinstance(c.type, JSON) else c for c in table.c]
    into = insert(table).values(
        {c.name: bindparam(c.name, type_=Text() if isinstance(c.type, JSON) else c.type) for c in table.c}
    )
    rows = tx.execute(select(*columns).execution_options(yield_per=ROWS)).mappings()
    for some in rows.partitions():
        copy.execute(into, [dict(row) for row in some])
