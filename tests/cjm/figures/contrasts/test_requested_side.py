"""Sides that a difference map may have, and sentences for those that would tell nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.contrasts.requested_side import (
    OtherSegment,
    SideError,
    can_share_customers,
    check_segments,
    read_other_side,
)
from cjm.figures.journey_map import Period
from cjm.journeys.journey import Segment
from cjm.text import LocalizedText

TODAY = date(2026, 11, 22)
WEEK = Period(TODAY - timedelta(days=6), TODAY)


def segment(key: str, **where: tuple[str, ...]) -> Segment:
    return Segment(key=key, title=LocalizedText({"en": key}), where=dict(where))


NEW = segment("new", tariff=("new",))
OLD = segment("old", tariff=("old",))
KNOWN = segment("known", tariff=("new", "old"))
NEW_IN_TOWN = segment("new_in_town", tariff=("new",), place=("town",))
TOWN = segment("town", place=("town",))
AGAIN = segment("again", tariff=("new",))


@given(first=st.dates(date(2001, 1, 1), TODAY), days=st.integers(1, 364), way=st.sampled_from(["before", "year"]))
def test_the_other_side_is_as_long_ends_before_this_one_and_keeps_the_weekdays(
    first: date, days: int, way: str
) -> None:
    period = Period(first, first + timedelta(days=days - 1))
    other = read_other_side(way, period, TODAY)
    assert isinstance(other, Period)
    assert other.days == days
    assert other.last < period.first
    assert way == "before" or other.first.weekday() == first.weekday()


@pytest.mark.parametrize(
    ("text", "period", "message"),
    [
        ("befor", WEEK, "did you mean before?"),
        ("", WEEK, "compare with before, year, FROM/TO"),
        ("x" * 5000, WEEK, "compare with before, year, FROM/TO"),
        ("2026-13-01/2026-13-02", WEEK, "written FROM/TO"),
        ("2026-10-01/", WEEK, "written FROM/TO"),
        ("2026-10-28/2026-10-01", WEEK, "end before they begin"),
        ("2026-11-23/2026-11-24", WEEK, "begins after today, 2026-11-22"),
        ("before", Period(date(2027, 1, 1), date(2027, 1, 7)), "begins after today, 2026-11-22"),
        ("1999-10-01/1999-10-28", WEEK, "begin before 2000-01-01"),
        ("before", Period(date(2010, 1, 1), TODAY), "begin before 2000-01-01"),
        ("before", Period(date(2, 1, 1), TODAY), "begin before 2000-01-01"),
        ("2026-11-16/2026-11-22", WEEK, "are the same days"),
        ("2026-11-10/2026-11-16", WEEK, "2026-11-16 to 2026-11-16 lie on both sides"),
        ("year", Period(date(2025, 1, 1), TODAY), "2025-01-01 to 2025-11-23 lie on both sides"),
        ("segment:", WEEK, "needs the key of a segment"),
    ],
)
def test_days_that_tell_nothing_are_refused_in_one_sentence(text: str, period: Period, message: str) -> None:
    with pytest.raises(SideError) as error:
        read_other_side(text, period, TODAY)
    assert message in str(error.value)
    assert len(str(error.value)) < 200


def test_days_and_segments_are_read() -> None:
    assert read_other_side("2026-10-01/2026-10-28", WEEK, TODAY) == Period(date(2026, 10, 1), date(2026, 10, 28))
    assert read_other_side("segment:new", WEEK, TODAY) == OtherSegment("new")


@pytest.mark.parametrize(
    ("this", "other", "message"),
    [
        (None, NEW, "everyone includes the segment new"),
        (NEW, NEW, "are the segment new"),
        (NEW, AGAIN, "new and again have the same rule"),
        (NEW, KNOWN, "known includes all of new"),
        (KNOWN, OLD, "known includes all of old"),
        (NEW_IN_TOWN, NEW, "new includes all of new_in_town"),
    ],
)
def test_segments_that_would_be_compared_with_themselves_are_refused(
    this: Segment | None, other: Segment, message: str
) -> None:
    with pytest.raises(SideError) as error:
        check_segments(this, other)
    assert message in str(error.value)


@pytest.mark.parametrize(("this", "other", "shared"), [(NEW, OLD, False), (NEW, TOWN, True), (KNOWN, TOWN, True)])
def test_segments_of_which_neither_includes_the_other_may_share_customers(
    this: Segment, other: Segment, shared: bool
) -> None:
    check_segments(this, other)
    assert can_share_customers(this, other) is shared
