"""Writes that share a commit move their counters once for all, and each counts exactly what it has kept."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy.exc import IntegrityError

from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from cjm.figures.tally import VISITS, CounterKey, CounterSums
from cjm.journeys.journey_file import read_journey
from tests.depth import choose_depth
from tests.statements import listen_to_statements

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
FILE = """
key = "shop"
title = "Shop"
[[stages]]
key = "buy"
title = "Buy"
touchpoints = [{ key = "desk", title = "Desk" }, { key = "site", title = "Site" }]
"""
PLACES = ("desk", "site")
NOBODY = 999  # a cohort that does not exist

Write = Callable[[Connection], object]


def prepare(tx: Connection) -> int:
    """Apply the journey, and return the id of its one cohort."""
    journeys.apply(tx, read_journey(FILE, "shop.toml"), FILE, now=NOON)
    return next(iter(cohorts.ensure_cohorts(tx, "shop", [{}]).values()))


def count_visit(place: str, cohort: int) -> Write:
    key = CounterKey("shop", date(2026, 11, 2), place, VISITS, "", cohort, "")
    return lambda tx: tallies.add_moves(tx, [(key, CounterSums())])


def fail_after(write: Write) -> Write:
    def run(tx: Connection) -> None:
        write(tx)
        raise ValueError("planted")

    return run


def read_visits(tx: Connection) -> dict[str, int]:
    return {key.subject: sums.n for key, sums in tallies.list_counters(tx, "shop").items()}


async def run_at_once(db: Database, writes: Sequence[Awaitable[object]]) -> list[object]:
    """Run writes of which all but the first wait for it, so that on SQLite they share a commit."""
    gate = threading.Event()
    first = asyncio.create_task(db.write(lambda _tx: gate.wait())) if db.is_sqlite else None
    rest = asyncio.gather(*writes, return_exceptions=True)
    await asyncio.sleep(0)
    gate.set()
    results = await rest
    if first is not None:
        await first
    return list(results)


async def test_ten_writes_at_once_move_their_counters_with_one_statement(any_db: Database) -> None:
    cohort = await any_db.write(prepare)
    with listen_to_statements() as statements:
        writes = [any_db.write(count_visit("desk", cohort), reads_no_counters=True) for _ in range(10)]
        assert await run_at_once(any_db, writes) == [None] * 10
    moved = [each.text for each in statements if each.text.startswith("INSERT INTO tally ")]
    assert len(moved) == 1
    assert await any_db.read(read_visits) == {"desk": 10}


async def test_random_writes_at_once_count_what_they_have_kept(any_db: Database) -> None:
    """Some fail, some read the counters, some count at once: each reader sees all that came before it."""
    cohort = await any_db.write(prepare)
    random, kept = Random(), Counter[str]()
    for _ in range(choose_depth(5, 100)):
        writes: list[Awaitable[object]] = []
        for _ in range(random.randrange(1, 12)):
            place, fails, waits = random.choice(PLACES), random.random() < 0.3, random.random() < 0.7
            write = count_visit(place, cohort)
            writes.append(any_db.write(fail_after(write) if fails else write, reads_no_counters=waits))
            kept[place] += not fails
            if any_db.is_sqlite and random.random() < 0.2:
                writes.append(check_sees(any_db, +kept))
        results = await run_at_once(any_db, writes)
        assert all(each is None or isinstance(each, ValueError) for each in results), results
        assert await any_db.read(read_visits) == +kept


async def check_sees(db: Database, visits: dict[str, int]) -> None:
    assert await db.write(read_visits) == visits


async def test_a_count_that_cannot_be_written_is_the_fault_of_its_own_write_alone(any_db: Database) -> None:
    cohort = await any_db.write(prepare)
    counts = [count_visit("desk", each) for each in (cohort, NOBODY, cohort)]
    results = await run_at_once(any_db, [any_db.write(each, reads_no_counters=True) for each in counts])
    assert [type(each) for each in results] == [type(None), IntegrityError, type(None)]
    assert await any_db.read(read_visits) == {"desk": 2}


async def test_a_write_that_promised_to_read_no_counters_cannot(any_db: Database) -> None:
    await any_db.write(prepare)
    for read in (
        read_visits,
        lambda tx: tallies.delete_zeros(tx, "shop"),
        lambda tx: tallies.rebuild_counters(tx, "shop", ()),
    ):
        with pytest.raises(RuntimeError, match="cannot read"):
            await any_db.write(read, reads_no_counters=True)


async def test_a_write_whose_caller_is_gone_takes_nobody_with_it(any_db: Database) -> None:
    cohort = await any_db.write(prepare)
    tasks = [asyncio.create_task(any_db.write(count_visit("desk", cohort), reads_no_counters=True)) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    with suppress(asyncio.CancelledError):
        await tasks[1]
    await asyncio.gather(tasks[0], tasks[2])
    assert (await any_db.read(read_visits))["desk"] in (2, 3)  # it may have begun before
