"""Telegram's limits: 30 messages in any second, about one a second to a person, 20 a minute to a group."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Allowed sends. `burst`: messages that a person may get at once before the limit of one a second holds."""

    overall: int = 30
    burst: int = 5
    group: int = 20


class SendCounter:
    """Counter of sends. Without limits it counts nothing and refuses nothing."""

    def __init__(self, limits: Limits | None, monotonic: Callable[[], float]) -> None:
        self.limits = limits
        self._monotonic = monotonic
        self._overall: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._people: dict[int, float] = {}

    def seconds_to_wait(self, chat_id: int, *, counts_for_chat: bool = True) -> int:
        """Count this send and return 0; or return the `retry_after` that Telegram would answer, and count nothing."""
        if self.limits is None:
            return 0
        now = self._monotonic()
        # A refused send must not count, so all waits are computed before anything is added.
        waits = [self._wait_in_period(self._overall, now, 1.0, self.limits.overall)]
        if counts_for_chat:
            group, burst = self.limits.group, self.limits.burst
            waits.append(
                self._wait_for_group(chat_id, now, group) if chat_id < 0 else self._wait_for_person(chat_id, now, burst)
            )
        wait = max(waits)
        if wait > 0:
            # Telegram answers whole seconds, and never 0.
            return max(1, math.ceil(wait))
        self._overall.append(now)
        if counts_for_chat:
            self._count_for_chat(chat_id, now)
        return 0

    def _count_for_chat(self, chat_id: int, now: float) -> None:
        if chat_id < 0:
            self._groups.setdefault(chat_id, deque()).append(now)
        else:
            self._people[chat_id] = max(self._people.get(chat_id, 0.0), now) + 1.0

    def _wait_for_group(self, chat_id: int, now: float, allowed: int) -> float:
        return self._wait_in_period(self._groups.setdefault(chat_id, deque()), now, 60.0, allowed)

    def _wait_for_person(self, chat_id: int, now: float, burst: int) -> float:
        """Return the wait of a bucket that leaks one a second and holds `burst`."""
        return self._people.get(chat_id, 0.0) - now - (burst - 1)

    @staticmethod
    def _wait_in_period(times: deque[float], now: float, length: float, allowed: int) -> float:
        while times and times[0] <= now - length:
            times.popleft()
        return times[0] + length - now if len(times) >= allowed else 0.0
