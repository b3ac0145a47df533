"""Wall-clock times and their UTC times, also where clocks jump."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cjm.wall_clock import wall_to_utc

ZONES = [ZoneInfo(n) for n in ("UTC", "Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")]
WALLS = st.integers(0, 37 * 365 * 24 * 60).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(minutes=minutes)
)


@given(st.sampled_from(ZONES), WALLS)
def test_the_utc_time_of_a_wall_time_shows_it_or_is_the_jump_over_it(zone: ZoneInfo, wall: datetime) -> None:
    moment = wall_to_utc(wall, zone)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert shown >= wall
    assert shown == wall or before < wall
