"""Snooze: when a question comes back that its customer put off. All by the customer's own clock."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cjm.asking.quiet_hours import QuietHours
from cjm.wall_clock import wall_to_utc

LATER_TODAY = timedelta(hours=3)
BEFORE_QUIET_HOURS = timedelta(minutes=30)
"""So long before quiet hours a question comes at the latest, and so long after it was put off at the soonest."""


class Snooze(StrEnum):
    """Time for which a question is put off."""

    LATER_TODAY = "later_today"
    TOMORROW = "tomorrow"


def find_snooze_end(now: datetime, snooze: Snooze, zone: ZoneInfo, quiet_hours: QuietHours | None) -> datetime:
    """Return when the question comes back, outside quiet hours, in UTC.

    *Later today* is `LATER_TODAY` from now; where that is in quiet hours, before they begin, or after their end if they
    begin too soon. *Tomorrow* is the time that the clock shows now, on the next day; where that is in quiet hours, the
    nearest time of that day outside of them.
    """
    local = now.astimezone(zone)
    if snooze is Snooze.LATER_TODAY:
        due = (now + LATER_TODAY).astimezone(zone)
    else:
        due = wall_to_utc(datetime.combine(local.date() + timedelta(days=1), local.time()), zone).astimezone(zone)
    if quiet_hours is None or not quiet_hours.covers(due):
        return due.astimezone(UTC)
    before, after = _before_quiet_hours(due, quiet_hours), quiet_hours.end_after(due)
    is_before_wanted = snooze is Snooze.LATER_TODAY or after.date() != due.date()
    is_before_possible = before.astimezone(UTC) >= now.astimezone(UTC) + BEFORE_QUIET_HOURS
    return (before if is_before_wanted and is_before_possible else after).astimezone(UTC)


def _before_quiet_hours(within: datetime, quiet_hours: QuietHours) -> datetime:
    """Return the last time before the quiet hours that cover ``within``, in its zone."""
    zone = within.tzinfo
    assert zone is not None
    days = 0 if quiet_hours.start <= within.time() else 1
    start = wall_to_utc(datetime.combine(within.date() - timedelta(days=days), quiet_hours.start), zone)
    return (start - BEFORE_QUIET_HOURS).astimezone(zone)
