"""Wall time and moments: what the clock on the wall shows, and when that is. Clock changes are handled here only."""

from datetime import UTC, datetime, timedelta, tzinfo


def moment_of(wall: datetime, zone: tzinfo, *, second: bool = False) -> datetime:
    """The moment (aware, UTC) at which clocks in ``zone`` show ``wall`` (naive).

    A time that is shown twice in autumn means the first of the two moments, or with ``second`` the later one. A time
    that is skipped in spring means the moment of the jump: the first one at which clocks show ``wall`` or later.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    found = wall.replace(tzinfo=zone, fold=int(second)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _jump_over(wall, zone)


def _jump_over(wall: datetime, zone: tzinfo) -> datetime:
    """The first whole second, in UTC, at which clocks show ``wall`` or later."""
    low = (wall - timedelta(days=2)).replace(tzinfo=UTC)
    seconds = int(timedelta(days=4).total_seconds())
    first, last = 0, seconds
    while first < last:
        middle = (first + last) // 2
        shown = (low + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        first, last = (first, middle) if shown >= wall else (middle + 1, last)
    return low + timedelta(seconds=first)
