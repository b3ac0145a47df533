"""Times at which a person may be asked: quiet hours and days of the week together, also across changes of clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.asking.allowed_time import find_allowed_time
from cjm.asking.quiet_hours import QuietHours
from cjm.weekly import WEEKDAYS, Weekday
from tests.depth import choose_depth

NIGHT = QuietHours(time(21), time(9))
WORKING_DAYS = frozenset(WEEKDAYS[:5])
QUARTER = timedelta(minutes=15)
ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia")
]


@pytest.mark.parametrize(
    ("hours", "local", "found"),
    [
        (NIGHT, "2026-11-20T12:00+01:00", "2026-11-20T12:00+01:00"),  # a Friday
        (NIGHT, "2026-11-20T22:00+01:00", "2026-11-23T09:00+01:00"),  # its night ends on a Saturday
        (NIGHT, "2026-11-21T12:00+01:00", "2026-11-23T09:00+01:00"),
        (NIGHT, "2026-11-22T23:30+01:00", "2026-11-23T09:00+01:00"),
        (None, "2026-11-22T23:30+01:00", "2026-11-23T00:00+01:00"),
        (NIGHT, "2027-03-27T12:00+01:00", "2027-03-29T09:00+02:00"),  # across the night that is an hour shorter
    ],
)
def test_question_of_working_days_waits_for_monday_morning_in_warsaw(
    hours: QuietHours | None, local: str, found: str
) -> None:
    zone = ZoneInfo("Europe/Warsaw")
    moment = find_allowed_time(datetime.fromisoformat(local).astimezone(UTC), zone, hours, WORKING_DAYS)
    assert moment.tzinfo is UTC
    assert moment.astimezone(zone).isoformat(timespec="minutes") == found


def test_day_that_clocks_begin_twice_is_allowed_from_its_first_beginning_that_is_still_to_come() -> None:
    """In St. John's clocks went from 00:01 on Sunday back to 23:01 on Saturday."""
    zone, sundays = ZoneInfo("America/St_Johns"), [Weekday.SUN]
    before, between = (datetime(2010, 11, 6, 23, 30, fold=fold, tzinfo=zone) for fold in (0, 1))
    assert find_allowed_time(before, zone, None, sundays).fold == 0
    assert find_allowed_time(between, zone, None, sundays).fold == 1
    assert find_allowed_time(between, zone, None, sundays).weekday() == 6


def test_day_that_a_country_skipped_is_waited_for_until_the_next_week() -> None:
    """Apia had no 30 December 2011, which was to be a Friday."""
    zone = ZoneInfo("Pacific/Apia")
    found = find_allowed_time(datetime(2011, 12, 29, 12, tzinfo=zone), zone, NIGHT, [Weekday.FRI])
    assert found.isoformat() == "2012-01-06T09:00:00+14:00"


def is_allowed(moment: datetime, zone: ZoneInfo, hours: QuietHours | None, days: frozenset[Weekday]) -> bool:
    local = moment.astimezone(zone)
    return WEEKDAYS[local.weekday()] in days and not (hours is not None and hours.covers(local))


QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
HOURS = st.none() | st.tuples(QUARTERS, QUARTERS).filter(lambda ends: ends[0] != ends[1]).map(
    lambda ends: QuietHours(*ends)
)
MOMENTS = st.integers(0, 20 * 366 * 96).map(lambda n: datetime(2008, 1, 1, tzinfo=UTC) + n * QUARTER)


@settings(max_examples=choose_depth(40, 3000))
@given(MOMENTS, st.sampled_from(ZONES), HOURS, st.frozensets(st.sampled_from(WEEKDAYS), min_size=1))
def test_found_time_is_allowed_and_no_earlier_one_is(
    moment: datetime, zone: ZoneInfo, hours: QuietHours | None, days: frozenset[Weekday]
) -> None:
    found = find_allowed_time(moment, zone, hours, days)
    assert is_allowed(found, zone, hours, days)
    tried = moment
    while tried < found:
        assert not is_allowed(tried, zone, hours, days)
        tried += QUARTER
