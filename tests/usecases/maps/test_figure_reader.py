"""Figures are read apart from the process that answers customers, and once for all who wait for the same ones."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.usecases.maps.apart.figure_reader import FigureQuery, FigureReader
from bot.usecases.maps.apart.map_process import MapProcess
from bot.usecases.maps.make_map import MakeMap, MapError, MapQuery, MapRequest
from bot.usecases.maps.view_map import OpenedView, ViewMap
from bot.usecases.maps.views.load_view import ViewedMap
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.figures.map_view import ViewContent
from tests.statements import listen_to_statements
from tests.stories.stage import share_map_process
from tests.usecases.past import apply_shop, store_answers

T = TypeVar("T")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLOCK = FrozenClock(NOON)
SHOP = MapQuery(MapRequest("shop"), 5, timedelta(days=2))


def answer_five_times(tx: Connection) -> None:
    store_answers(tx, apply_shop(tx, NOON), "checkout", date(2026, 11, 21), [5, 4, 3, 2, 1])


class HeldProcess(MapProcess):
    """Process of maps that is none: it reads at once, and keeps what it has read until the gate is open."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self._db = db
        self.has_read, self.gate = asyncio.Event(), asyncio.Event()

    async def read(self, url: str, read: Callable[[Connection], T]) -> T:
        found = await self._db.read(read)
        self.has_read.set()
        await self.gate.wait()
        return found


class ListedQueries(FigureReader):
    """Reader that remembers what it was asked."""

    def __init__(self, db: Database) -> None:
        super().__init__(db, CLOCK)
        self.asked: list[FigureQuery[object]] = []

    async def read(self, query: FigureQuery[T]) -> T:
        self.asked.append(query)
        return await super().read(query)


def manager(number: int) -> MapViewer:
    return MapViewer(Address("telegram", str(number)), Address("telegram", str(number)), f"Manager {number}", "en")


async def test_ten_who_ask_for_the_same_map_at_once_share_one_reading(any_db: Database) -> None:
    await any_db.write(answer_five_times)
    reader = FigureReader(any_db, CLOCK)
    with listen_to_statements() as of_one:
        alone = await reader.read(SHOP)
    with listen_to_statements() as of_ten:
        maps = await asyncio.gather(*(reader.read(SHOP) for _ in range(10)))
    assert maps == [alone] * 10
    assert len(of_ten) == len(of_one) > 0


async def test_whoever_asks_once_a_reading_has_begun_sees_what_was_stored_meanwhile(any_db: Database) -> None:
    await any_db.write(answer_five_times)
    process = HeldProcess(any_db)
    reader = FigureReader(any_db, CLOCK, process)
    first = asyncio.create_task(reader.read(SHOP))
    await process.has_read.wait()
    await any_db.write(answer_five_times)
    second = asyncio.create_task(reader.read(SHOP))
    await asyncio.sleep(0)  # the second has asked, too
    process.gate.set()
    assert [(await each).totals.answers for each in (first, second)] == [5, 10]


async def test_managers_with_the_same_rights_and_language_ask_the_same(db: Database) -> None:
    await db.write(answer_five_times)
    figures = ListedQueries(db)
    view_map = ViewMap(db, CLOCK, 5, figures=figures)
    ids = []
    for viewer in (manager(1), manager(2), replace(manager(3), journeys=frozenset({"shop"}))):
        opened = await view_map.open(viewer, ViewContent.MAP, "shop")
        assert isinstance(opened, OpenedView)
        viewed = await view_map.load(viewer, opened.id)
        assert isinstance(viewed, ViewedMap)
        assert viewed.view_id == opened.id
        ids.append(opened.id)
    first, second, third = figures.asked
    assert first == second
    assert first != third, "they may see other journeys in the menu"
    assert len(set(ids)) == 3


async def test_figures_are_read_by_the_process_of_maps_which_lets_go_of_the_database(any_db: Database) -> None:
    await any_db.write(answer_five_times)
    here = await MakeMap(any_db, CLOCK, 5)(MapRequest("shop"))
    process = share_map_process()
    reader = FigureReader(any_db, CLOCK, process)
    make_map = MakeMap(any_db, CLOCK, 5, figures=reader)
    with listen_to_statements() as sent_here:
        there = await make_map(MapRequest("shop"))
        with pytest.raises(MapError, match='no journey "shops"; did you mean "shop"'):
            await make_map(MapRequest("shops"))
    assert (there, sent_here) == (here, [])
    assert _has_open(process, "tropa.db") is any_db.is_sqlite
    await reader.close()
    assert not _has_open(process, "tropa.db")


def _has_open(process: MapProcess, name: str) -> bool:
    assert process._pool is not None
    (worker,) = process._pool._processes
    return any(name in str(file.resolve()) for file in Path(f"/proc/{worker}/fd").iterdir())


async def test_figures_are_read_here_when_the_process_of_maps_has_ended(db: Database) -> None:
    await db.write(answer_five_times)
    process = MapProcess()
    await process.close()
    assert (await FigureReader(db, CLOCK, process).read(SHOP)).totals.answers == 5
