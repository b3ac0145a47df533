"""The schema goes up, down and up again, and then is what `bot.db.tables` says."""

import pytest
from sqlalchemy import text

from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.upkeep.schema import check_schema, list_differences, migrate


async def test_migrations_go_up_down_and_up_and_make_the_tables_of_the_code(any_db: Database) -> None:
    await migrate(any_db, "base")
    with pytest.raises(DatabaseError, match="tropa migrate"):
        await check_schema(any_db)
    await migrate(any_db)
    await check_schema(any_db)
    assert await any_db.read(list_differences) == []


async def test_a_newer_schema_is_refused_with_one_sentence(db: Database) -> None:
    await db.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(DatabaseError, match="made by a newer Tropa"):
        await check_schema(db)
    with pytest.raises(DatabaseError, match="made by a newer Tropa"):
        await migrate(db)
