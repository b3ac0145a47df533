"""The process of maps: loaded ahead, restarted when it dies, gone when it is closed."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.usecases.maps.apart.map_process import MapProcess
from bot.usecases.maps.draw_map import DrawMap, picture_key, read_python_sources
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.drawing import LanePreset, Layout, PictureChoice, PictureFormat
from cjm.drawing.theme import LIGHT
from tests.usecases.past import apply_shop

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_a_worker_that_dies_is_replaced_and_one_that_is_closed_is_gone(db: Database) -> None:
    await db.write(lambda tx: apply_shop(tx, NOON))
    made = await MakeMap(db, FrozenClock(NOON), 5)(MapRequest("shop"))
    process = MapProcess()
    try:
        await process.start()
        first = _worker(process)
        os.kill(first, signal.SIGINT)  # Ctrl-C reaches the whole group; whoever started the worker ends it
        draw = DrawMap(process)
        upload = await draw(made)
        assert upload.data is not None
        assert upload.data.startswith(b"\x89PNG")
        assert _worker(process) == first
        os.kill(first, signal.SIGKILL)
        assert (await draw(made, PictureChoice(Layout.WALL))).as_file
        second = _worker(process)
        assert second != first
        assert await draw(made) == upload  # from memory
    finally:
        await process.close()
    assert not Path(f"/proc/{second}").exists()
    await process.close()


def _worker(process: MapProcess) -> int:
    pool = process._pool
    assert pool is not None
    (pid,) = pool._processes
    return pid


async def test_a_map_is_known_by_what_it_shows_and_not_by_when_it_was_made(db: Database) -> None:
    await db.write(lambda tx: apply_shop(tx, NOON))
    clock = FrozenClock(NOON)
    make = MakeMap(db, clock, 5)
    first = await make(MapRequest("shop"))
    clock.advance(timedelta(minutes=5))
    same, other = await make(MapRequest("shop")), await make(MapRequest("shop", days=7))
    russian = await make(MapRequest("shop", language="ru"))
    keys = [picture_key(m, PictureChoice(), LIGHT) for m in (first, same, other, russian)]
    assert keys[0] == keys[1]
    choices = [
        PictureChoice(Layout.WALL),
        PictureChoice(page=1),
        PictureChoice(format=PictureFormat.PDF),
        PictureChoice(lanes=LanePreset.FULL),
    ]
    others = [picture_key(first, choice, LIGHT) for choice in choices]
    assert len({*keys, *others, picture_key(first, PictureChoice(), replace(LIGHT, accent="#004488"))}) == 8


def test_an_update_of_what_a_picture_finds_or_says_makes_new_pictures() -> None:
    hashed = set(read_python_sources(files("cjm")))
    for package, module in (("cjm.figures.findings", "takeaway"), ("cjm.wording", "plan_words"), ("cjm", "scales")):
        assert (files(package) / f"{module}.py").read_bytes() in hashed


async def test_one_map_wanted_by_many_is_drawn_once(db: Database) -> None:
    await db.write(lambda tx: apply_shop(tx, NOON))
    made = await MakeMap(db, FrozenClock(NOON), 5)(MapRequest("shop"))
    drawn = 0

    class Slow(MapProcess):
        async def draw(self, *_args: object, **_more: object) -> bytes:
            nonlocal drawn
            drawn += 1
            await asyncio.sleep(0)
            return b"png"

    draw = DrawMap(Slow())
    await asyncio.gather(*(draw(made) for _ in range(5)))
    assert drawn == 1
