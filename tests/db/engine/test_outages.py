"""The log names an outage of the database once, however often it is met, and its end once."""

import pytest
from sqlalchemy import text

from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from tests.postgresql import Server


@pytest.mark.postgresql
async def test_outage_is_two_lines_of_the_log(
    postgresql_server: Server, postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="bot")
    db, name = Database(postgresql_url), postgresql_url.rpartition("/")[2]
    try:
        await db.write(lambda tx: tx.execute(text("SELECT 1")).scalar())
        postgresql_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await db.close()  # the setting holds for new connections
        for _ in range(3):
            with pytest.raises(DatabaseError, match="read-only"):
                await db.write(lambda tx: tx.execute(text("CREATE TABLE x (y int)")) and None)
        assert "read-only" in str(await db.find_problem())
        postgresql_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
        await db.close()
        assert await db.find_problem() is None
        assert [record.message for record in caplog.records] == ["the database is away", "the database answers again"]
    finally:
        await db.close()
