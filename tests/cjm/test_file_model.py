"""Lengths of time in files: read as people write them, and written as they are read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.file_model import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "length", "formatted"),
    [
        ("30m", timedelta(minutes=30), "30m"),
        ("90min", timedelta(minutes=90), "90m"),
        ("24 h", timedelta(days=1), "1d"),
        ("14d", timedelta(days=14), "2w"),
        ("0", timedelta(), "0"),
        (0, timedelta(), "0"),
    ],
)
def test_lengths_of_time_as_people_write_them(text: object, length: timedelta, formatted: str) -> None:
    assert parse_duration(text) == length
    assert format_duration(length) == formatted


@pytest.mark.parametrize("value", ["", "3", "-1d", "1.5h", "d", 5, 0.0, True, False, "٣d", "367d", "999999w", None])
def test_other_lengths_of_time_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"must be a number with|is too long"):
        parse_duration(value)


@given(st.integers(0, 365 * 24 * 60))
def test_a_length_of_time_is_read_as_it_was_written(minutes: int) -> None:
    assert parse_duration(format_duration(timedelta(minutes=minutes))) == timedelta(minutes=minutes)
