"""A tap writes at most twice the rows that it would write without the sums of weeks and of everyone."""

import sqlite3

from bot.db.counters import tiers
from bot.db.engine.database import Connection, Database
from tests.bench.test_taps import answer, ask
from tests.statements import SentStatement, listen_to_statements


def count_changes(tx: Connection) -> int:
    driver = tx.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver.total_changes


def count_tier_rows(statements: list[SentStatement]) -> int:
    return sum(
        len(statement.parameters) // len(table.columns)
        for statement in statements
        for table in tiers.TABLES
        if statement.text.startswith(f"INSERT INTO {table.name} (")
    )


async def test_a_tap_writes_at_most_twice_as_many_rows_for_the_sums(db: Database) -> None:
    await db.write(lambda tx: ask(tx, people=3))
    await db.write(lambda tx: answer(tx, 0))
    before = await db.write(count_changes)
    with listen_to_statements() as statements:
        await db.write(lambda tx: answer(tx, 1))
    rows, of_tiers = await db.write(count_changes) - before, count_tier_rows(statements)
    assert of_tiers > 0
    assert rows <= 2 * (rows - of_tiers), (rows, of_tiers)
