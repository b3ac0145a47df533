"""Imports that are repeated, corrected, shortened and taken back leave the counters of what is there in the end."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.engine.database import Connection, Database
from bot.db.upkeep import counter_check
from tests.usecases.tables.random_answers import QUESTIONS, TableLife


class ExampleOverError(Exception):
    """Ends an example: the next one begins with an empty database again."""


async def read_and_undo(db: Database, work: Callable[[Connection], object]) -> object:
    """Return what ``work`` returns, and leave the database as it was."""
    found: list[object] = []

    def write(tx: Connection) -> None:
        found.append(work(tx))
        raise ExampleOverError

    with pytest.raises(ExampleOverError):
        await db.write(write)
    return found[0]


def live(tx: Connection, seed: int, *, tells_always: bool = True) -> TableLife:
    life = TableLife(tx, Random(seed), tells_always)
    life.live(steps=5)
    assert counter_check.list_wrong_counters(tx, life.journey) == []
    return life


def import_last_tables(tx: Connection, life: TableLife) -> dict[object, list[float]]:
    fresh = TableLife(tx, Random(0))
    for name, table in life.tables.items():
        fresh.take(name, table, QUESTIONS)
    return fresh.read_counters()


async def check_example(db: Database, seed: int) -> None:
    lives: list[TableLife] = []

    def live_and_read(tx: Connection) -> dict[object, list[float]]:
        lives.append(live(tx, seed))
        return lives[0].read_counters()

    lived = await read_and_undo(db, live_and_read)
    fresh = await read_and_undo(db, lambda tx: import_last_tables(tx, lives[0]))
    assert lived == fresh


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_counters_are_those_of_the_last_tables_alone(db: Database, seed: int) -> None:
    await check_example(db, seed)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_counters_equal_their_rows_when_some_rows_tell_nothing(db: Database, seed: int) -> None:
    await read_and_undo(db, lambda tx: live(tx, seed, tells_always=False))


async def test_both_engines_take_back_alike(any_db: Database) -> None:
    await check_example(any_db, 7)
