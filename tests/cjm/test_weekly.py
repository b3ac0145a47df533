"""Weekly moments: once a week, across clock changes; and working hours."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.weekly import WeeklyMoment, WorkingHours

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = st.sampled_from(
    [ZoneInfo(n) for n in ("UTC", "Europe/Warsaw", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe")]
)
MOMENTS = st.integers(0, 32 * 365 * 86_400).map(lambda s: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
WEEKLY = st.builds(WeeklyMoment, st.integers(0, 6), st.times().map(lambda t: t.replace(second=0, microsecond=0)))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "shown"), [("mon 09:00", "mon 09:00"), (" Sunday  7:05", "sun 07:05"), ("mon 9", "mon 09:00")]
)
def test_a_weekly_moment_is_read_as_people_write_it(text: str, shown: str) -> None:
    assert str(WeeklyMoment.parse(text)) == shown


def test_an_empty_text_means_no_digest_and_no_working_hours() -> None:
    assert WeeklyMoment.parse("") is None
    assert WorkingHours.parse(" ") is None


@pytest.mark.parametrize("text", ["9:00", "mon", "mon 24", "mon 25:00", "пн 09:00", "mon 09:00 tue", "m0n 09:00"])
def test_texts_that_are_no_weekly_moment_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"a day and a time|is one of|is written as"):
        WeeklyMoment.parse(text)


@pytest.mark.parametrize(
    ("weekly", "now", "latest", "key"),
    [
        ("mon 09:00", "2026-11-23T08:00+00:00", "2026-11-23T09:00+01:00", "2026-11-23"),
        ("mon 09:00", "2026-11-23T07:59+00:00", "2026-11-16T09:00+01:00", "2026-11-16"),
        ("mon 09:00", "2026-11-29T23:00+00:00", "2026-11-23T09:00+01:00", "2026-11-23"),
        # across the change of clocks, nine o'clock stays nine o'clock
        ("mon 09:00", "2026-10-26T08:00+00:00", "2026-10-26T09:00+01:00", "2026-10-26"),
        ("mon 09:00", "2026-10-26T07:59+00:00", "2026-10-19T09:00+02:00", "2026-10-19"),
        # half past two that comes twice is the first one; the second is the same week
        ("sun 02:30", "2026-10-25T00:29+00:00", "2026-10-18T02:30+02:00", "2026-10-18"),
        ("sun 02:30", "2026-10-25T00:30+00:00", "2026-10-25T02:30+02:00", "2026-10-25"),
        ("sun 02:30", "2026-10-25T01:30+00:00", "2026-10-25T02:30+02:00", "2026-10-25"),
        # half past two that never comes is the jump
        ("sun 02:30", "2027-03-28T00:59+00:00", "2027-03-21T02:30+01:00", "2027-03-21"),
        ("sun 02:30", "2027-03-28T01:00+00:00", "2027-03-28T03:00+02:00", "2027-03-28"),
    ],
)
def test_the_latest_moment_in_warsaw(weekly: str, now: str, latest: str, key: str) -> None:
    found = WeeklyMoment.parse(weekly)
    assert found is not None
    assert found.latest_before(moment(now), WARSAW) == moment(latest)
    assert found.period_key(moment(now), WARSAW) == key


def test_a_day_that_a_country_skipped_has_its_digest_all_the_same() -> None:
    friday, apia = WeeklyMoment(4, time(9)), ZoneInfo("Pacific/Apia")
    jump = moment("2011-12-30T10:00+00:00")  # from Thursday midnight straight to Saturday
    assert friday.latest_before(jump, apia) == jump
    assert friday.period_key(jump, apia) == "2011-12-30"


@given(WEEKLY, MOMENTS, ZONES)
def test_every_moment_belongs_to_exactly_one_week(weekly: WeeklyMoment, now: datetime, zone: ZoneInfo) -> None:
    latest, coming = weekly.latest_before(now, zone), weekly.next_after(now, zone)
    assert latest <= now < coming
    assert timedelta(days=5) < coming - latest < timedelta(days=9)
    assert weekly.latest_before(latest, zone) == latest
    key = weekly.period_key(now, zone)
    assert weekly.period_key(latest, zone) == key
    assert weekly.period_key(coming - timedelta(microseconds=1), zone) == key
    assert weekly.period_key(coming, zone) != key


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mon-fri 09:00-18:00", "mon,tue,wed,thu,fri 09:00-18:00"),
        ("sat-mon 10:00-12:00", "mon,sat,sun 10:00-12:00"),
        ("mon, wed – thu 8:00 - 9:30", "mon,wed,thu 08:00-09:30"),
    ],
)
def test_working_hours_are_read(text: str, shown: str) -> None:
    hours = WorkingHours.parse(text)
    assert str(hours) == shown
    assert WorkingHours.parse(shown) == hours


@pytest.mark.parametrize("text", ["mon-fri", "09:00-18:00", "mon-fri 18:00-09:00", "mon-xyz 09:00-18:00"])
def test_working_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as|is one of|must be later"):
        WorkingHours.parse(text)


def test_working_hours_cover_working_days() -> None:
    hours = WorkingHours.parse("mon-fri 09:00-18:00")
    assert hours is not None
    assert hours.covers(datetime(2026, 11, 23, 9, tzinfo=WARSAW))
    assert not hours.covers(datetime(2026, 11, 23, 18, tzinfo=WARSAW))
    assert not hours.covers(datetime(2026, 11, 22, 12, tzinfo=WARSAW))
