"""A map becomes a picture: drawn in a process of its own, cached by what it shows, uploaded once.

The event loop never waits for ink. The worker is started anew when it dies, ignores Ctrl-C (whoever runs it ends it)
and ends itself when its parent is gone.
"""

import asyncio
import functools
import hashlib
import json
import logging
import multiprocessing
import os
import signal
import threading
from collections import OrderedDict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from importlib.resources import files
from importlib.resources.abc import Traversable

from bot.messages.message import Upload
from bot.texts import Words, words_in
from bot.texts.catalogue import catalogue_entries
from cjm.drawing import Layout, draw_map, warm_up
from cjm.errors import TropaError
from cjm.figures.journey_map import JourneyMap

log = logging.getLogger(__name__)
MOST_PICTURES = 32  # pictures in memory, some 200 kB each


class DrawingError(TropaError):
    """The map could not be drawn."""


class DrawingProcess:
    """One warmed worker process. ``start()`` spares the first picture the wait; ``close()`` ends the worker."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def _running_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=spawn, initializer=_initialize_worker)
        return self._pool

    async def start(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._running_pool(), warm_up)

    async def draw(self, journey_map: JourneyMap, words: Words, layout: Layout, page: int = 0) -> bytes:
        """The picture as PNG. Raises DrawingError when it cannot be drawn."""
        for again in (True, False):
            pool = self._running_pool()
            try:
                job = functools.partial(draw_map, journey_map, words, layout=layout, page=page)
                return await asyncio.get_running_loop().run_in_executor(pool, job)
            except BrokenProcessPool:
                log.warning("drawing process died", extra={"again": again})
                if self._pool is pool:
                    self._pool = None
                    pool.shutdown(wait=False)
        raise DrawingError("the map could not be drawn: the drawing process died twice")

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


def _initialize_worker() -> None:
    """In the worker, before anything is drawn."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    warm_up()


def _exit_with_parent() -> None:
    """A parent that was killed cannot tell its worker to go."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


class DrawMap:
    """``await draw_map(journey_map, layout, page) -> Upload``; the same map is drawn once and uploaded once."""

    def __init__(self, drawer: DrawingProcess) -> None:
        self._drawer = drawer
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()

    async def __call__(self, journey_map: JourneyMap, layout: Layout = Layout.PHONE, page: int = 0) -> Upload:
        key = picture_key(journey_map, layout, page)
        async with self._drawing:
            if key not in self._kept:
                words = words_in(journey_map.language)
                self._kept[key] = await self._drawer.draw(journey_map, words, layout, page)
            self._kept.move_to_end(key)
            if len(self._kept) > MOST_PICTURES:
                self._kept.popitem(last=False)
            return picture_upload(journey_map, layout, key, self._kept[key])


def picture_upload(journey_map: JourneyMap, layout: Layout, key: str, data: bytes | None = None) -> Upload:
    """The picture as it is sent: the wall as a file, because it would be unreadable recompressed."""
    name = f"{journey_map.journey}-{journey_map.period.last.isoformat()}.png"
    return Upload(name, data, as_file=layout is Layout.WALL, cache_key=key)


def picture_key(journey_map: JourneyMap, layout: Layout, page: int) -> str:
    """A hash of all that the picture shows but the moment it was made: the same figures are the same picture."""
    shown = asdict(journey_map) | {"as_of": None}
    told = json.dumps([shown, str(layout), page, _drawing_code_hash(journey_map.language)], default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


@functools.cache
def _drawing_code_hash(language: str) -> str:
    """A hash of how maps are drawn and worded: after a change nothing drawn before is shown any more."""
    found = hashlib.sha256(repr(sorted(catalogue_entries(language).items())).encode())
    for source in _python_sources(files("cjm.drawing")):
        found.update(source)
    return found.hexdigest()


def _python_sources(folder: Traversable) -> list[bytes]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and entry.name != "__pycache__":
            found += _python_sources(entry)
        elif entry.name.endswith(".py"):
            found.append(entry.read_bytes())
    return found
