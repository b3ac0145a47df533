"""Three clocks: business time, wall time and monotonic time.

Invariants:

* *Business time* is what customers, digests and everything stored live by. Only the demo and tests move it; the demo
  only forward, once its past is simulated.
* *Wall time* is for leases between processes and for the scheduler's intervals; it never travels.
* *Monotonic time* is for the pace of sending; it never travels, and never jumps when the machine's clock is set.
* Business and wall time are aware and in UTC; zones are applied where people see a time.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def wall_now() -> datetime:
    return datetime.now(UTC)


monotonic = time.monotonic


class Clock:
    """Business time that is the wall's: that of every run but the demo and the tests."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Return the business time, aware and in UTC."""
        return wall_now()

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each jump of business time; calling the result ends that.

        A task that sleeps until a time needs it: the clock may jump over that time. This class never jumps.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def notify_listeners(self) -> None:
        """Tell those who sleep until a time that it may have passed."""
        for listener in tuple(self._listeners):  # a listener may remove itself
            listener()


class TravellingClock(Clock):
    """Clock of the demo: it runs like any clock, ``offset`` ahead of the wall, and can be set forward."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        super().__init__()
        self.offset = offset

    def now(self) -> datetime:
        return wall_now() + self.offset

    def travel_to(self, then: datetime, *, tells: bool = True) -> None:
        """Set the clock forward to ``then``. Raises ValueError for a time that has passed already.

        A caller that does what falls due on its way by itself tells no listener, but notifies them at its end.
        """
        ahead = then - self.now()
        if ahead < timedelta():
            raise ValueError("time only moves forward")
        self.offset += ahead
        if tells:
            self.notify_listeners()


class FrozenClock(Clock):
    """Clock that stands still until it is set: for tests."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.set(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Set the clock, forward or back. Raises ValueError when ``now`` is naive."""
        if now.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = now.astimezone(UTC)
        self.notify_listeners()

    def advance(self, by: timedelta) -> datetime:
        """Set the clock forward by ``by`` and return the new time."""
        self.set(self._now + by)
        return self._now
