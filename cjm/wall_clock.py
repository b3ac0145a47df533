"""Wall-clock times and their UTC times, also where clocks change between summer and winter time.

A *wall time* is naive: what clocks show. Everything else is aware.
"""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

YEARS = range(2000, 3000)
"""Years that dates from outside may have; others are slips of the pen, such as 0206 for 2026."""

_SPAN = re.compile(r"(\S+?)\s*[-\u2010-\u2015\u2212]\s*(\S+)")  # with any dash that a keyboard or an app makes of "-"
_HOUR = re.compile(r"[0-9]{1,2}", re.ASCII)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def wall_to_utc(wall: datetime, zone: tzinfo, *, second: bool = False) -> datetime:
    """Return the UTC time (aware) at which clocks in ``zone`` show ``wall`` (naive).

    A time that clocks show twice in autumn means the first of the two, or with ``second`` the later one. A time that
    they skip in spring means the time of the jump: the first at which clocks show ``wall`` or later.
    Raises ValueError if ``wall`` is aware.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time must be naive")
    found = wall.replace(tzinfo=zone, fold=int(second)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _find_jump(wall, zone)


def _find_jump(wall: datetime, zone: tzinfo) -> datetime:
    """Return the first whole second, in UTC, at which clocks show ``wall`` or later."""
    # No zone is further than a day from UTC and none skips more than a day: the jump is at most two days away.
    low = (wall - timedelta(days=2)).replace(tzinfo=UTC)
    seconds = int(timedelta(days=4).total_seconds())
    first, last = 0, seconds
    while first < last:
        middle = (first + last) // 2
        shown = (low + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        first, last = (first, middle) if shown >= wall else (middle + 1, last)
    return low + timedelta(seconds=first)


def parse_time(text: str) -> time:
    """Parse "9:00", "09:00" or "9". Raises ValueError."""
    text = text.strip()
    found = _TIME.fullmatch(f"{text}:00" if _HOUR.fullmatch(text) else text)
    if found is None:
        raise ValueError('a time of day is written as "09:00", from 00:00 to 23:59')
    return time(int(found[1]), int(found[2]))


def parse_ends(text: str) -> tuple[time, time]:
    """Parse "21:00-09:00" or "21-9" into its two ends, which may be the same. Raises ValueError."""
    ends = _SPAN.fullmatch(text.strip())
    if ends is None:
        raise ValueError('hours are written as "21:00-09:00"')
    start, end = (parse_time(end) for end in ends.groups())
    return start, end


def parse_span(text: str) -> tuple[time, time]:
    """Parse "21:00-09:00" or "21-9" into its two ends. Raises ValueError, also when both are the same."""
    start, end = parse_ends(text)
    if start == end:
        raise ValueError("the hours begin and end at the same time; leave the text empty to have none")
    return start, end
