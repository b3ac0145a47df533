"""A bell that rings at every change, for those who wait until something is so. Nobody polls and nobody sleeps."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Bell:
    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self, *_: object) -> None:
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, look: Callable[[], T | None], patience: float | None = None) -> T:
        """The first thing that `look` finds (nothing empty counts), now or after some ring.

        Raises TimeoutError when nothing was found within `patience` seconds.
        """
        async with asyncio.timeout(patience):
            while True:
                found = look()
                if found:
                    return found
                future = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                try:
                    await future
                finally:
                    self._waiting.discard(future)
