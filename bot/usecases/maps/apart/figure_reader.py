"""Read figures, once for all who ask for the same ones while they wait to be read.

Invariants:
* Figures are as of the moment at which their reading begins, and that is after the question: a reading that has begun
  is joined by nobody. So all that was stored before somebody asked is in their figures.
* Readings go one after the other: side by side they would only share a processor.
* While the process of maps cannot work, figures are read in this one.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.usecases.maps.apart.map_process import MapProcess, MapProcessError

log = logging.getLogger(__name__)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class FigureQuery(Hashable, Protocol[T_co]):
    """Question for figures, a value that can be pickled: equal ones have the same answer at the same time."""

    def __call__(self, tx: Connection, now: datetime) -> T_co:
        """Read the figures as of ``now``."""


class FigureReader:
    """``await figures.read(query)`` returns what ``query(tx, now)`` does; without a process, it is read in this one."""

    def __init__(self, db: Database, clock: Clock, process: MapProcess | None = None) -> None:
        self._db, self._clock, self._process = db, clock, process
        self._turn = asyncio.Lock()
        self._waiting: dict[FigureQuery[Any], asyncio.Task[Any]] = {}  # whose readings have not begun
        self._readings: set[asyncio.Task[Any]] = set()

    async def read(self, query: FigureQuery[T]) -> T:
        """Return the answer to a query, as of now or later. Raises what the query raises, and DatabaseError."""
        reading = self._waiting.get(query)
        if reading is None:
            reading = self._waiting[query] = asyncio.create_task(self._read_in_turn(query))
            self._readings.add(reading)
            reading.add_done_callback(self._note_end)
        # Shielded: one who is cancelled leaves it to the others who wait for it.
        found: T = await asyncio.shield(reading)
        return found

    async def close(self) -> None:
        """Give up what is being read, and what waits; let the process close the database, should it go on."""
        for reading in self._readings:
            reading.cancel()
        await asyncio.gather(*self._readings, return_exceptions=True)
        self._waiting.clear()
        if self._process is not None:
            await self._process.release_database()

    async def _read_in_turn(self, query: FigureQuery[T]) -> T:
        async with self._turn:
            del self._waiting[query]
            return await self._read(partial(query, now=self._clock.now()))

    async def _read(self, read: Callable[[Connection], T]) -> T:
        if self._process is None:
            return await self._db.read(read)
        self._db.files.check()  # the process does not know which files were in use from the start
        try:
            return await self._process.read(self._db.url.render_as_string(hide_password=False), read)
        except MapProcessError as error:
            log.warning("figures are read without the process of maps", extra={"error": str(error)})
            return await self._db.read(read)

    def _note_end(self, reading: "asyncio.Task[Any]") -> None:
        """Forget a reading, and look at its error: asyncio would report one that nobody waits for any more."""
        self._readings.discard(reading)
        if not reading.cancelled():
            reading.exception()
