"""Times at which a person may be asked: outside their quiet hours, and on a day of the week that is allowed.

Invariants:

* Both are judged by the person's own clock, also where it changes.
* The time that is found is the first allowed one: no earlier time from ``moment`` on is.
"""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cjm.asking.quiet_hours import QuietHours
from cjm.wall_clock import wall_to_utc
from cjm.weekly import WEEKDAYS, Weekday

EVERY_DAY = frozenset(Weekday)


def find_allowed_time(
    moment: datetime, zone: ZoneInfo, quiet_hours: QuietHours | None, weekdays: Collection[Weekday] = EVERY_DAY
) -> datetime:
    """Return the first time from ``moment`` (aware) on at which this person may be asked, in the zone of ``moment``.

    ``quiet_hours`` None stands for none, and ``weekdays`` are the allowed days, at least one.
    """
    local = moment.astimezone(zone)
    while True:
        later = _find_allowed_day(local, zone, weekdays)
        if quiet_hours is not None:
            later = quiet_hours.end_after(later)
        # Timestamps, because aware datetimes of one zone compare by wall time: wrong in a repeated hour.
        if later.timestamp() == local.timestamp():
            return local.astimezone(moment.tzinfo)
        local = later


def _find_allowed_day(local: datetime, zone: ZoneInfo, weekdays: Collection[Weekday]) -> datetime:
    """Return ``local`` if its day is allowed, else the beginning of the next day that is."""
    if WEEKDAYS[local.weekday()] in weekdays:
        return local
    days = (local.date() + timedelta(days=n) for n in range(1, 15))
    for day in (day for day in days if WEEKDAYS[day.weekday()] in weekdays):
        for second in (False, True):  # clocks that are put back around midnight show it twice
            found = wall_to_utc(datetime.combine(day, time()), zone, second=second).astimezone(zone)
            # A country may skip a whole day: then its beginning is that of the next one.
            if found.astimezone(UTC) > local.astimezone(UTC) and WEEKDAYS[found.weekday()] in weekdays:
                return found
    raise AssertionError("an allowed day begins within two weeks")
