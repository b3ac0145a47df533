"""Events of the same moment make the same entries and figures in whatever order they arrive."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.db.journeys.tables import cohort_table, stage_entry_table
from bot.usecases.asking.record_visits import record_events
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MapRequest, make_map
from cjm.figures.map_json import map_as_json
from cjm.journeys.visit import Event
from tests.journeys import SMALL

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
THEN = NOW - timedelta(days=16)
FIND = Event("e2", "anna", "small", THEN, touchpoint="search")
ONE_MOMENT = [
    replace(FIND, id="e1", touchpoint="pay", channel="phone"),
    FIND,
    replace(FIND, id="e3", touchpoint="advert", channel="ad"),
    replace(FIND, id="e4", touchpoint="open", at=THEN + timedelta(days=1)),
]
OPTIONS: list[dict[str, Any]] = [{}, {"segment": "gold"}, {"channel": "ad"}]


def read_all(tx: Connection) -> str:
    """Return entries and maps as one text, without the numbers of rows."""
    entry = stage_entry_table.c
    columns = (entry.passage, entry.stage, entry.at, entry.next_at, entry.channel, cohort_table.c.attributes)
    rows = tx.execute(select(*columns).join(cohort_table, cohort_table.c.id == entry.cohort_id))
    maps = [map_as_json(make_map(tx, MapRequest("small", **options), 1, NOW)) for options in OPTIONS]
    return json.dumps(sorted([str(value) for value in row] for row in rows)) + json.dumps(maps)


@pytest.fixture
def figures_of(sqlite_template: Path, tmp_path: Path) -> Callable[..., Any]:
    """Return a function: events in batches, as they arrive, to all figures that they make in an empty database."""

    async def find_figures(batches: Sequence[Sequence[Event]]) -> str:
        path = tmp_path / "arrival.db"
        path.write_bytes(sqlite_template.read_bytes())
        db = Database(f"sqlite:///{path}")
        await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")

        def write(tx: Connection) -> None:
            for batch in batches:
                record_events(tx, batch, None, NOW)

        await db.write(write)
        figures = await db.read(read_all)
        await db.close()
        for file in tmp_path.glob("arrival*"):
            if file.is_file():
                file.unlink()
        return figures

    return find_figures


@pytest.mark.parametrize("passage", [None, "order 7"])
async def test_every_order_of_a_moments_events_gives_the_same_figures(
    figures_of: Callable[..., Any], passage: str | None
) -> None:
    events = [replace(event, passage=passage) for event in ONE_MOMENT]
    orders = list(permutations(events))
    found = {await figures_of([[event] for event in order]) for order in orders[::4]}
    assert len(found | {await figures_of([order]) for order in orders[1::8]}) == 1


async def test_random_orders_of_many_peoples_events_give_the_same_figures(figures_of: Callable[..., Any]) -> None:
    rng = Random(5)
    events = [
        Event(
            f"e{number}",
            f"c{rng.randrange(6)}",
            "small",
            THEN + timedelta(hours=rng.choice([0, 0, 1, 30])),
            touchpoint=rng.choice(["search", "advert", "pay", "call", "open"]),
            channel=rng.choice([None, "phone", "ad"]),
            passage=rng.choice([None, None, "p"]),
        )
        for number in range(60)
    ]
    found = set()
    for seed in range(4):
        order = list(events)
        Random(seed).shuffle(order)
        found.add(await figures_of([order[i : i + 7] for i in range(0, len(order), 7)]))
    assert len(found) == 1


async def test_attributes_that_are_told_for_this_moment_give_the_same_segments(figures_of: Callable[..., Any]) -> None:
    told = [
        replace(FIND, id="e5", attributes={"class": "blue"}),
        replace(FIND, id="e6", attributes={"class": "gold"}, channel="ad"),
    ]
    orders = list(permutations([*told, *ONE_MOMENT[:2]]))
    found = {await figures_of([[event] for event in order]) for order in orders[::3]}
    assert len(found) == 1
