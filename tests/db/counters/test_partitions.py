"""The statements of docs/scale.md: counters in partitions by year are the same, and move as in one table."""

from random import Random

import pytest
from sqlalchemy import func, select, table, text

from bot.clock import FrozenClock
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from bot.usecases.asking.record_visits import RecordVisits
from cjm.asking.decision import AskingRules
from cjm.journeys.visit import Event
from tests.house import documents
from tests.usecases.upkeep.random_past import NOW, store_random_past


def partition(tx: Connection) -> None:
    (statements,) = documents.code_blocks(documents.read_document("docs/scale.md"), "sql")
    body = statements.removeprefix("BEGIN;\n").removesuffix("COMMIT;\n")
    for statement in body.split(";\n"):
        if statement.strip():
            tx.execute(text(statement))


def list_wrong_counters(tx: Connection) -> list[object]:
    return [*counter_check.list_wrong_counters(tx, journeys.list_current(tx)["small"])]


@pytest.mark.postgresql
async def test_counters_in_partitions_are_the_same_and_move(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    await store_random_past(db, Random(3), people=4, days=10)
    before = await db.read(lambda tx: tallies.list_counters(tx, "small"))
    await db.write(partition)
    assert await db.read(lambda tx: tallies.list_counters(tx, "small")) == before
    event = Event("later", "p1", "small", NOW, touchpoint="pay")
    await RecordVisits(db, FrozenClock(NOW), AskingRules())([event])
    assert await db.read(lambda tx: tallies.list_counters(tx, "small")) != before
    assert await db.read(list_wrong_counters) == []
    assert await db.read(lambda tx: tx.scalar(select(func.count()).select_from(table("tally_2026")))) != 0
    await db.close()
