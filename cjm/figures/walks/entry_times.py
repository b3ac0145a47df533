"""Detail in which entries are told apart by their time: the less time has passed since, the more hours matter.

* Counters know the hour. It is told apart in the last days, and about the moment before which walks are over.
* Of other days, a block of hours tells the mean and the spread of the moments of those who wait, which is enough.
* Long ago, the day is enough, and the week where it lies wholly in the window: its days tell the mean and the spread.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cjm.figures.facts.spans import DayRange, split_window

BLOCK_HOURS = 24
"""Hours of a block; a day in its zone begins up to `_MOST_HOURS_BEFORE` hours before 00:00 UTC."""

_MOST_HOURS_BEFORE = 2 * BLOCK_HOURS

_HOURS_MATTER = timedelta(days=60)
"""Age of entries from which a day is less than 2 % of a wait."""

_RECENT = timedelta(days=2)
"""Age of entries from which the mean and the spread of a block tell a wait as well as hours do."""

ZONE_CHANGE = timedelta(days=2)
"""Most that the day of an entry, in the journey's zone at that time, may be off its day in today's zone."""

_A_DAY, _NO_DAYS = timedelta(days=1), DayRange(date.max, date.min)


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """Days whose hours are told apart: from ``hours_from`` on, but for those of ``in_blocks``.

    Days before it are told apart, but for those of ``in_weeks``, which are whole weeks.
    """

    hours_from: date
    in_blocks: tuple[DayRange, ...] = ()
    in_weeks: DayRange = _NO_DAYS

    @classmethod
    def at(cls, now: datetime, window: timedelta, first: date, last: date) -> "EntryDetail":
        """Return what a reading at ``now`` needs of the days from ``first`` to ``last``.

        A conversion divides the hour at which the window began.
        """
        hours_from = (now - max(_HOURS_MATTER, window) - ZONE_CHANGE).date()
        # The day of an entry is at most one off that of UTC, in any zone.
        recent, over = (now - _RECENT).date() - _A_DAY, (now - window).date()
        before = DayRange(hours_from, min(over - _A_DAY, recent) - _A_DAY)
        between = DayRange(over + 2 * _A_DAY, recent - _A_DAY)
        # So long before that no walk of a week, wherever its spread puts it, may still go on in time.
        last_of_weeks = min(last, hours_from - ZONE_CHANGE - _A_DAY)
        return cls(hours_from, (before, between), split_window(first, last_of_weeks).weeks)

    def is_in_blocks(self, day: date) -> bool:
        """Return whether hours of a day are added up in blocks."""
        return any(days.first <= day <= days.last for days in self.in_blocks)

    def is_in_weeks(self, day: date) -> bool:
        """Return whether the days of its week are added up."""
        return self.in_weeks.first <= day <= self.in_weeks.last


def find_block(hour: Any) -> Any:
    """Return the first hour of the block of an hour, both counted from 00:00 UTC of a day.

    ``hour`` is a whole number, or an expression of one that a database computes.
    """
    return (hour + _MOST_HOURS_BEFORE) // BLOCK_HOURS * BLOCK_HOURS - _MOST_HOURS_BEFORE


def name_block(first: int) -> str:
    """Return the bucket of the block of hours that begins with this one."""
    return f"{first}+"


def read_hours(bucket: str) -> tuple[int, int]:
    """Return the first hour of a bucket of entries, counted from 00:00 UTC of its day, and the number of its hours."""
    return (int(bucket[:-1]), BLOCK_HOURS) if bucket.endswith("+") else (int(bucket), 1)
