"""Quiet hours by the customer's own clock, also across its changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.asking.quiet_hours import QuietHours

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = [ZoneInfo(n) for n in ("UTC", "Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")]
NIGHT = QuietHours(time(21), time(9))


def parsed(text: str) -> QuietHours:
    hours = QuietHours.parse(text)
    assert hours is not None
    return hours


@pytest.mark.parametrize(
    ("text", "shown"), [("21:00-09:00", "21:00-09:00"), (" 9:30 – 10:05 ", "09:30-10:05"), ("21-9", "21:00-09:00")]
)
def test_quiet_hours_are_read_as_people_write_them(text: str, shown: str) -> None:
    assert str(parsed(text)) == shown


def test_an_empty_text_means_no_quiet_hours() -> None:
    assert QuietHours.parse("  ") is None


@pytest.mark.parametrize("text", ["21:00", "24:00-09:00", "21:00-21:00", "a-b", "21:00-09:00-10:00", "٢١:00-09:00"])
def test_texts_that_are_no_quiet_hours_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"written as|begin and end"):
        QuietHours.parse(text)


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        ("21:00-09:00", time(20, 59, 59), False),
        ("21:00-09:00", time(21), True),
        ("21:00-09:00", time(0), True),
        ("21:00-09:00", time(8, 59, 59), True),
        ("21:00-09:00", time(9), False),
        ("13:00-15:00", time(12, 59), False),
        ("13:00-15:00", time(14), True),
        ("13:00-15:00", time(15), False),
        ("21:00-00:00", time(23, 59), True),
        ("21:00-00:00", time(0), False),
    ],
)
def test_the_end_is_not_quiet_any_more(hours: str, at: time, quiet: bool) -> None:
    assert parsed(hours).covers(at) is quiet
    assert parsed(hours).covers(datetime.combine(datetime(2026, 7, 1, tzinfo=WARSAW), at)) is quiet


@pytest.mark.parametrize(
    ("hours", "local", "end"),
    [
        ("21:00-09:00", "2026-07-01T22:15+02:00", "2026-07-02T09:00+02:00"),
        ("21:00-09:00", "2026-07-02T03:00+02:00", "2026-07-02T09:00+02:00"),
        ("21:00-09:00", "2026-07-02T12:00+02:00", "2026-07-02T12:00+02:00"),
        # the night that is an hour shorter, and the one that is an hour longer
        ("21:00-09:00", "2027-03-27T22:00+01:00", "2027-03-28T09:00+02:00"),
        ("21:00-09:00", "2026-10-24T22:00+02:00", "2026-10-25T09:00+01:00"),
        # half past two does not come: the jump ends the quiet
        ("21:00-02:30", "2027-03-28T01:00+01:00", "2027-03-28T03:00+02:00"),
        # half past two comes twice: the first one ends the quiet, and after that one the second
        ("21:00-02:30", "2026-10-25T01:00+02:00", "2026-10-25T02:30+02:00"),
        ("21:00-02:30", "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
    ],
)
def test_when_quiet_ends_in_warsaw(hours: str, local: str, end: str) -> None:
    found = parsed(hours).end_after(datetime.fromisoformat(local).astimezone(WARSAW))
    assert found.isoformat(timespec="minutes") == end


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        NIGHT.end_after(datetime(2026, 1, 1))  # noqa: DTZ001 - a naive time is what is refused


WALLS = st.integers(0, 37 * 365 * 24 * 60).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(minutes=minutes)
)
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(TIMES, TIMES, st.sampled_from(ZONES), WALLS)
def test_quiet_hours_end_within_a_day_and_two_hours_and_are_quiet_until_then(
    start: time, end: time, zone: ZoneInfo, at: datetime
) -> None:
    if start == end:
        return
    hours, local = QuietHours(start, end), at.replace(tzinfo=UTC).astimezone(zone)
    found = hours.end_after(local)
    assert not hours.covers(found)
    assert timedelta(0) <= found.astimezone(UTC) - local.astimezone(UTC) <= timedelta(hours=26)
    assert found == local or hours.covers(local)
