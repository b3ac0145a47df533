"""Delay classes: how long after its question an answer came.

The newest days of a window hold only answers that came quickly, and unhappy customers may answer later. So answers are
counted by delay class too: a change between two windows compares quick answers with quick ones.
"""

from bisect import bisect_right
from datetime import datetime, timedelta

_BOUNDS = tuple(timedelta(hours=hours) for hours in (1, 3, 8, 24, 48, 72))

DELAY_CLASSES = range(len(_BOUNDS) + 1)
"""Delay classes, the quickest first. They are stored with answers: their bounds never change."""


def delay_class(sent_at: datetime | None, at: datetime) -> int:
    """Return the class of the time from a question to its answer; 0 if it is not known when that was sent."""
    return 0 if sent_at is None else bisect_right(_BOUNDS, at - sent_at)
