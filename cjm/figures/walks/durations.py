"""Buckets of durations and hours of entry: places in time that counters are kept under.

* A bucket of durations is 5 % wider than the one before. What lies in it is remembered as a position on the logarithmic
  scale, in binary fractions of the bucket, so that sums of positions stay exact when they are added and taken back.
* An hour of entry is counted from 00:00 UTC of the day that the entry counts under. It therefore names one hour of
  absolute time, also on the days on which clocks are changed and after the journey's zone was changed.
"""

import functools
from datetime import UTC, date, datetime, time, timedelta
from math import exp, floor, log

from cjm.figures.walks.entry_times import read_hours

HOUR = timedelta(hours=1)
HOUR_SECONDS = 3600

_STEP = log(1.05)  # the width of a bucket, as a logarithm
_TINY = 1e-9
_PARTS = 4096  # of a bucket: binary fractions add up without rounding, and so do their squares


def find_duration_place(seconds: float) -> tuple[int, float]:
    """Return the bucket of a duration, and its position in it.

    Buckets are counted from 0, below 1.05 s, with one more for every 5 % (a year is 353). Positions go from -0.5 at the
    beginning over 0 in the middle to 0.5, and are never later than the duration: those who went on come before those
    who have been waiting just as long. Raises ``ValueError`` for a negative duration or one that is not a number.
    """
    if not seconds >= 0:
        raise ValueError(f"a duration is 0 seconds or more, not {seconds}")
    # Without the tiny addition, rounding would put a bound of `bucket_bounds` into the bucket below it.
    steps = log(max(seconds, 1.0)) / _STEP + _TINY
    exact = steps - _TINY
    return floor(steps), floor((exact - floor(exact + _TINY) - 0.5) * _PARTS) / _PARTS


def bucket_bounds(index: int) -> tuple[float, float]:
    """Return the seconds at which a bucket begins (included) and ends (excluded); the first one begins at 0."""
    if index < 0:
        raise ValueError(f"buckets are counted from 0, not {index}")
    return (exp(index * _STEP) if index else 0.0), exp((index + 1) * _STEP)


def seconds_at(index: int, position: float = 0.0) -> float:
    """Return the seconds at a position of a bucket; its middle is within 2.5 % of all its times from 1 s up."""
    return exp((index + 0.5 + position) * _STEP)


def hour_bucket(at: datetime, day: date) -> str:
    """Return the bucket of an entry at ``at`` that counts under ``day``: whole hours after 00:00 UTC of that day."""
    return find_hour_place(at, day)[0]


def find_hour_place(at: datetime, day: date) -> tuple[str, timedelta]:
    """Return the bucket of an entry, and the time since the beginning of its hour."""
    hour, rest = divmod(at - _midnight(day), HOUR)
    return str(hour), rest


def hour_start(day: date, bucket: str) -> datetime:
    """Return the beginning of an hour, or a block of hours, of entry; of the day where none is known (no bucket)."""
    return _midnight(day) + (read_hours(bucket)[0] if bucket else 0) * HOUR


@functools.lru_cache(1024)  # thousands of entries count under one day
def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
