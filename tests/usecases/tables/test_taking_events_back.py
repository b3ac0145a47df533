"""Whatever is imported, corrected, posted, withdrawn and taken back: figures are those of what is left.

Every event tells something about its customer: what nobody tells for a moment depends on what came first.
"""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.engine.database import Connection, Database
from bot.db.upkeep import counter_check
from tests.depth import choose_depth
from tests.usecases.tables.random_events import EventLife
from tests.usecases.tables.test_taking_back import read_and_undo


async def check_example(db: Database, seed: int) -> None:
    lives: list[EventLife] = []

    def live(tx: Connection) -> object:
        life = EventLife(tx, Random(seed))
        lives.append(life)
        for _ in range(3):
            life.live(steps=3)
            assert counter_check.list_wrong_counters(tx, life.journey) == []
        return life.read_figures()

    def repeat(tx: Connection) -> object:
        fresh = EventLife(tx, Random(0))
        fresh.repeat_facts(lives[0])
        return fresh.read_figures()

    lived, fresh = await read_and_undo(db, live), await read_and_undo(db, repeat)
    assert lived == fresh


@settings(max_examples=choose_depth(6, 300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_figures_are_those_of_what_is_left(db: Database, seed: int) -> None:
    await check_example(db, seed)


async def test_both_engines_take_events_back_alike(any_db: Database) -> None:
    await check_example(any_db, 11)
