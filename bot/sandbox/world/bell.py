"""Bell that rings at every change, for those who wait for a condition. No one polls, and no one sleeps."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Bell:
    """Bell for one event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self, *_: object) -> None:
        """Wake all who wait. Arguments are ignored, so that it can be a callback."""
        # Taken first: a woken waiter may wait again at once.
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, look: Callable[[], T | None], seconds: float | None = None) -> T:
        """Return the first true value of `look`, called now and after each ring.

        Raises TimeoutError when there is none within so many `seconds`.
        """
        async with asyncio.timeout(seconds):
            while True:
                result = look()
                if result:
                    return result
                # Registered before anything else can run, so no ring is missed.
                future = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                try:
                    await future
                finally:
                    self._waiting.discard(future)
