"""The past that the long benchmarks measure is one that the product could have stored."""

from bot.db.engine.database import Database
from bot.db.upkeep.counter_check import list_wrong_counters
from tests.bench.large_past import PastPlan, store_large_past


async def test_the_counters_of_the_large_past_are_those_of_its_rows(db: Database) -> None:
    plan = PastPlan(1500, 40, days=500, delays=(0.7, 0.2, 0.1), visits=600)
    journey = await db.write(lambda tx: store_large_past(tx, plan))
    assert await db.read(lambda tx: list_wrong_counters(tx, journey)) == []
