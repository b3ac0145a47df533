"""Buckets of durations and hours of entry, against tables and properties."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.walks.durations import (
    bucket_bounds,
    find_duration_place,
    hour_bucket,
    hour_start,
    seconds_at,
)

YEAR = 365.25 * 24 * 3600.0
seconds = st.floats(min_value=0, max_value=100 * YEAR)
moments = st.integers(0, 63_072_000).map(lambda s: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
zones = st.sampled_from(
    ["Europe/Warsaw", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"]
)


@given(seconds)
def test_a_duration_lies_within_its_bucket(duration: float) -> None:
    low, high = bucket_bounds(find_duration_place(duration)[0])
    assert low * (1 - 1e-9) <= duration < high


@given(st.floats(min_value=1, max_value=100 * YEAR))
def test_a_bucket_stands_for_its_durations_within_two_and_a_half_per_cent(duration: float) -> None:
    assert seconds_at(find_duration_place(duration)[0]) == pytest.approx(duration, rel=0.025)


@given(st.floats(min_value=1, max_value=100 * YEAR))
def test_a_bucket_with_a_position_tells_a_duration_within_a_thousandth(duration: float) -> None:
    found = seconds_at(*find_duration_place(duration))
    assert found == pytest.approx(duration, rel=0.001)


@given(st.lists(seconds, max_size=30))
def test_positions_are_added_and_taken_back_without_rounding(durations: list[float]) -> None:
    positions = [find_duration_place(each)[1] for each in durations]
    total = sum(positions) + sum(p * p for p in positions)
    assert total - sum(positions) - sum(p * p for p in reversed(positions)) == 0


@given(st.lists(seconds, min_size=2, max_size=2))
def test_longer_durations_never_fall_into_earlier_buckets(pair: list[float]) -> None:
    shorter, longer = sorted(pair)
    assert find_duration_place(shorter)[0] <= find_duration_place(longer)[0]


@pytest.mark.parametrize("index", [0, 1, 2, 17, 100, 354, 500])
def test_buckets_follow_each_other_without_a_gap(index: int) -> None:
    low, high = bucket_bounds(index)
    assert high == bucket_bounds(index + 1)[0]
    assert find_duration_place(low)[0] == index
    assert find_duration_place(high)[0] == index + 1


def test_a_year_is_told_from_eleven_months_in_few_buckets() -> None:
    assert find_duration_place(0)[0] == find_duration_place(0.2)[0] == find_duration_place(1)[0] == 0
    assert find_duration_place(YEAR * 11 / 12)[0] < find_duration_place(YEAR)[0] == 353


@pytest.mark.parametrize("wrong", [-1.0, -0.001, float("nan"), float("-inf")])
def test_a_negative_duration_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="0 seconds or more"):
        find_duration_place(wrong)


def test_a_bucket_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        bucket_bounds(-1)


@given(moments, zones, zones)
def test_an_hour_of_entry_names_one_hour_whatever_the_zone_was(at: datetime, then: str, today: str) -> None:
    days = {at.astimezone(ZoneInfo(zone)).date() for zone in (then, today)}
    for day in days:
        start = hour_start(day, hour_bucket(at, day))
        assert start <= at < start + timedelta(hours=1)
    assert len({hour_start(day, hour_bucket(at, day)) for day in days}) == 1


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    day, warsaw = date(2026, 10, 25), ZoneInfo("Europe/Warsaw")
    twice = [datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=warsaw).astimezone(UTC) for fold in (0, 1)]
    assert [hour_bucket(at, day) for at in twice] == ["0", "1"]
