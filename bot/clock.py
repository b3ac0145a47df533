"""Three clocks.

*Business time* is what customers, digests and everything stored live by; the demo can move it. *Wall time* is for
leases between processes, and *monotonic time* for the pace of sending: neither ever travels.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def wall_now() -> datetime:
    return datetime.now(UTC)


monotonic = time.monotonic


class Clock:
    """Business time. Whoever waits for a moment asks :meth:`on_move` to be woken, because time may jump over it."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Aware, UTC."""
        return wall_now()

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each jump of time; the result ends that. An ordinary clock never jumps."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _notify_listeners(self) -> None:
        for listener in tuple(self._listeners):
            listener()


class TravellingClock(Clock):
    """Runs like any clock and can be set forward: the demo's."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        super().__init__()
        self.offset = offset

    def now(self) -> datetime:
        return wall_now() + self.offset

    def travel_to(self, moment: datetime) -> None:
        """Make it ``moment``. Raises ValueError when that is over: what happened would happen again."""
        ahead = moment - self.now()
        if ahead < timedelta():
            raise ValueError("time only moves forward")
        self.offset += ahead
        self._notify_listeners()


class FrozenClock(Clock):
    """Stands still until it is set: for tests, and for a past that is being simulated."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.set(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = now.astimezone(UTC)
        self._notify_listeners()

    def advance(self, by: timedelta) -> datetime:
        self.set(self._now + by)
        return self._now
