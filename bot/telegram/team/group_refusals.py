"""Throttle the answer "only a manager can do this" in groups: anybody can add the bot to groups and ask there.

Invariants:

* A group is told once in `PERIOD_SECONDS`: everybody in it can read that one answer.
* All groups together are told at most `MOST_AT_ONCE` times within `BURST_SECONDS`. Each such answer takes a start of
  the sending pace, and many groups of strangers must not take those of customers, managers and teams.
* A group that was not told is told when it asks again.
* Nothing here looks at managers: what they ask is always answered.
"""

from collections import OrderedDict, deque
from collections.abc import Callable

from bot.clock import monotonic
from cjm.address import Address

PERIOD_SECONDS = 3600.0
MOST_AT_ONCE, BURST_SECONDS = 5, 10.0
REMEMBERED = 5000  # groups; beyond that, the one that was told first is forgotten


class GroupRefusals:
    """Memory of the groups that were told lately; ``now`` is monotonic time in seconds."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._told: OrderedDict[Address, float] = OrderedDict()
        self._latest: deque[float] = deque(maxlen=MOST_AT_ONCE)

    def admit(self, group: Address) -> bool:
        """Return whether a group is to be told now, and note that it is."""
        now, told_at = self._now(), self._told.get(group)
        is_full = len(self._latest) == MOST_AT_ONCE and now - self._latest[0] < BURST_SECONDS
        if is_full or (told_at is not None and now - told_at < PERIOD_SECONDS):
            return False
        self._latest.append(now)
        self._told[group] = now
        self._told.move_to_end(group)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True
