"""On PostgreSQL a counter that changes stays on its page: no index of its table holds what changes."""

from sqlalchemy import inspect

from bot.db.counters import tiers
from bot.db.counters.tables import gap_tally_table, tally_table
from bot.db.engine.database import Connection, Database

TABLES = (tally_table, gap_tally_table, *tiers.TABLES)


def list_indexed(tx: Connection, table: str) -> set[str | None]:
    return {name for index in inspect(tx).get_indexes(table) for name in index["column_names"]}


async def test_no_index_of_counters_holds_their_sums(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    try:
        indexed = {table: await db.read(lambda tx: list_indexed(tx, table.name)) for table in TABLES}  # noqa: B023 - awaited
    finally:
        await db.close()
    assert indexed[tally_table], "this test looks at indexes that are there"
    assert all(names <= {column.name for column in table.primary_key} for table, names in indexed.items())
