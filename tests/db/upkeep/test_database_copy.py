"""A temporary copy of a database holds all that an import reads, and takes what is written to it to its end."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, delete, select

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.tables import metadata
from bot.db.upkeep import database_copy
from bot.db.upkeep.database_copy import LEFT_OUT, open_copy
from tests.usecases.upkeep.random_past import store_random_past

Dump = dict[str, list[tuple[Any, ...]]]


def dump_tables(tx: Connection, left_out: frozenset[Table] = frozenset()) -> Dump:
    """Return all rows by the name of their table, in an order that both engines have."""
    tables = [table for table in metadata.sorted_tables if table not in left_out]
    return {t.name: sorted((tuple(row) for row in tx.execute(select(t))), key=repr) for t in tables}


async def test_copy_holds_the_same_rows_and_the_original_never_changes(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_copy, "ROWS", 7)  # several pieces of each table
    await store_random_past(any_db, Random(1), people=8, days=20)
    before = await any_db.read(dump_tables)
    async with open_copy(any_db) as copy:
        path = copy.files.path
        assert path is not None
        copied = await copy.read(lambda tx: dump_tables(tx, LEFT_OUT))
        assert copied == {name: rows for name, rows in before.items() if name in copied}
        assert copied["answer"]
        await copy.write(lambda tx: tx.execute(delete(answer_table)) and None)
        assert (await copy.read(dump_tables))["answer"] == []
    assert await any_db.read(dump_tables) == before
    assert not path.parent.exists()


async def test_copy_that_cannot_be_made_says_where_and_why(db: Database, tmp_path: Path) -> None:
    (tmp_path / "tropa.db").write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseError, match=r"a copy of the database could not be made in \S+: file is not a database"):
        async with open_copy(db):
            pytest.fail("a copy of what is no database")
