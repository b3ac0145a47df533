"""Delay the refusals of wrong tokens, longer and longer, so that guessing takes too long.

Invariants:
* A right token is taken at once, also where wrong ones came from its address: many people may share one address.
* Only so many refusals wait at a time, and only so many addresses are remembered: guessing fills no memory.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from bot.http.refusals import HttpRefusal

FREE_MISTAKES = 3  # refused at once: somebody corrects their settings
FIRST_DELAY, LONGEST_DELAY = 0.25, 8.0  # seconds
FORGET_SECONDS = 600.0
MOST_ADDRESSES = 10_000
MOST_WAITING, MOST_WAITING_PER_ADDRESS = 200, 10


class WrongTokens:
    """Count of wrong tokens by address."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seen: OrderedDict[str, tuple[int, float]] = OrderedDict()  # the one that failed last stands at the end
        self._waiting: Counter[str] = Counter()

    def count(self, address: str) -> float:
        """Note one more wrong token of an address, and return how many seconds its refusal should wait."""
        now = self._monotonic()
        times, last = self._seen.pop(address, (0, now))
        times = 1 if now - last > FORGET_SECONDS else times + 1
        self._seen[address] = (times, now)
        if len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)
        doublings = times - FREE_MISTAKES - 1
        return 0.0 if doublings < 0 else min(FIRST_DELAY * 2.0 ** min(doublings, 30), LONGEST_DELAY)

    async def delay(self, address: str) -> None:
        """Wait before a wrong token is refused. Raises HttpRefusal when too many refusals wait already."""
        seconds = self.count(address)
        if seconds and (self._waiting[address] >= MOST_WAITING_PER_ADDRESS or self._waiting.total() >= MOST_WAITING):
            message = "too many wrong tokens came from this address; a right one is taken at once"
            # The connection ends as well: who guesses must open another.
            raise HttpRefusal(429, message, headers={"Retry-After": str(round(LONGEST_DELAY)), "Connection": "close"})
        if seconds:
            self._waiting[address] += 1
            try:
                await asyncio.sleep(seconds)
            finally:
                self._waiting[address] -= 1
                self._waiting += Counter()  # drops those of whom nobody waits
