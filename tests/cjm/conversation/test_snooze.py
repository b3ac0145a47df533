"""A question that was put off comes back when its message says, outside quiet hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.asking.quiet_hours import QuietHours
from cjm.conversation.snooze import Snooze, find_snooze_end
from tests.depth import choose_depth

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = QuietHours.parse("21:00-09:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


@pytest.mark.parametrize(
    ("now", "snooze", "quiet", "back"),
    [
        ("2026-11-27 12:00", Snooze.LATER_TODAY, NIGHT, "2026-11-27 15:00"),
        ("2026-11-27 19:00", Snooze.LATER_TODAY, NIGHT, "2026-11-27 20:30"),
        ("2026-11-27 20:45", Snooze.LATER_TODAY, NIGHT, "2026-11-28 09:00"),
        ("2026-11-27 23:00", Snooze.LATER_TODAY, NIGHT, "2026-11-28 09:00"),
        ("2026-11-27 23:00", Snooze.LATER_TODAY, None, "2026-11-28 02:00"),
        ("2026-11-27 12:10", Snooze.TOMORROW, NIGHT, "2026-11-28 12:10"),
        ("2026-11-27 23:00", Snooze.TOMORROW, NIGHT, "2026-11-28 20:30"),
        ("2026-11-27 07:00", Snooze.TOMORROW, NIGHT, "2026-11-28 09:00"),
        ("2026-11-27 12:00", Snooze.TOMORROW, QuietHours.parse("10:00-18:00"), "2026-11-28 18:00"),
        ("2026-03-28 02:30", Snooze.TOMORROW, None, "2026-03-29 03:00"),  # clocks jump over 02:30
        ("2026-10-24 12:00", Snooze.TOMORROW, NIGHT, "2026-10-25 12:00"),  # 25 hours later
    ],
)
def test_a_question_comes_back_at(now: str, snooze: Snooze, quiet: QuietHours | None, back: str) -> None:
    assert find_snooze_end(at(now), snooze, WARSAW, quiet) == at(back)


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.sampled_from(Snooze),
    st.sampled_from(["Europe/Warsaw", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]),
    st.tuples(st.integers(0, 23), st.integers(1, 23)).map(
        lambda hours: QuietHours.parse(f"{hours[0]:02}:00-{sum(hours) % 24:02}:00")
    ),
)
@settings(max_examples=choose_depth(50, 2000), deadline=None)
def test_it_is_never_in_quiet_hours_nor_before_now_nor_days_away(
    now: datetime, snooze: Snooze, zone: str, quiet: QuietHours
) -> None:
    back = find_snooze_end(now, snooze, ZoneInfo(zone), quiet)
    assert not quiet.covers(back.astimezone(ZoneInfo(zone)))
    assert now < back < now + timedelta(days=3)
