"""Changes of a team: typed days, the order of a list, what may be stored, and which of them overlap."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm import templates
from cjm.cases.team_change import (
    LATEST_DUE,
    OLDEST_MADE,
    ChangeRefusal,
    TeamChange,
    TeamChangeState,
    check_due_day,
    check_made_day,
    fit_title,
    has_overlap,
    sort_changes,
)
from cjm.journeys.journey_file import read_journey
from cjm.tables.times.typed_day import read_day

TODAY = date(2026, 11, 27)
SHOP = read_journey(templates.text("shop"), "shop.toml")
_days = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def change(number: int, subject: str = "delivery", made: date | None = None, due: date = TODAY) -> TeamChange:
    return TeamChange(
        id=number,
        journey="shop",
        subject=subject,
        question=None,
        option=None,
        title="x",
        owner="",
        due=due,
        planned_at=datetime(2026, 1, 1, tzinfo=UTC),
        made_on=made,
    )


@pytest.mark.parametrize(
    "typed", ["24 Dec", "24 December", "24 декабря", "24 дек.", "24 grudnia", "24.12", "24.12.", "24/12"]
)
def test_a_day_without_a_year_is_read_in_each_language(typed: str) -> None:
    assert read_day(typed, TODAY, is_past=False) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("typed", "today", "is_past", "year"),
    [
        ("30.12", TODAY, True, 2026),  # a slip, refused as a day to come: not eleven months ago
        ("30.12", date(2026, 1, 5), True, 2025),
        ("1.3", TODAY, True, 2026),
        ("20.11", TODAY, False, 2026),  # last week: refused as past, not taken of the next year
        ("1.3", TODAY, False, 2027),
        ("1.9", date(2026, 2, 1), False, 2026),
    ],
)
def test_a_day_of_another_year_is_taken_only_where_it_is_near(
    typed: str, today: date, year: int, *, is_past: bool
) -> None:
    found = read_day(typed, today, is_past=is_past)
    assert found is not None
    assert found.year == year


@pytest.mark.parametrize(
    "typed", ["tomorrow", "31.11", "2026-13-01", "24 Foo", "", "12", "1.2.3.4", "24.12.26\u202e", "9" * 60]
)
def test_what_names_no_day_is_none(typed: str) -> None:
    assert read_day(typed, TODAY, is_past=False) is None


@given(_days, _days)
def test_each_day_is_read_as_it_is_written_in_the_year_that_is_meant(day: date, today: date) -> None:
    whole = (day.isoformat(), f"{day.day}.{day.month}.{day.year}", f"{day.day}/{day.month}/{day.year}")
    assert {read_day(typed, today, is_past=False) for typed in whole} == {day}
    for is_past in (True, False):
        found = read_day(f"{day.day}.{day.month}", today, is_past=is_past)
        assert found is not None
        assert (found.day, found.month) == (day.day, day.month)
        if (day.month, day.day) != (2, 29):  # a leap day may be years away
            away = (today - found if is_past else found - today).days
            assert found.year == today.year or 0 <= away <= (60 if is_past else 183)


def test_days_that_cannot_be_are_refused_with_their_reason() -> None:
    one = change(1)
    assert [check_made_day(one, TODAY - timedelta(days=n), TODAY) for n in (0, OLDEST_MADE.days)] == [None, None]
    assert check_made_day(one, TODAY + timedelta(days=1), TODAY) is ChangeRefusal.MADE_AHEAD
    assert check_made_day(one, TODAY - OLDEST_MADE - timedelta(days=1), TODAY) is ChangeRefusal.MADE_LONG_AGO
    assert [check_due_day(TODAY + each, TODAY) for each in (timedelta(), LATEST_DUE)] == [None, None]
    assert check_due_day(TODAY - timedelta(days=1), TODAY) is ChangeRefusal.DUE_PAST
    assert check_due_day(TODAY + LATEST_DUE + timedelta(days=1), TODAY) is ChangeRefusal.DUE_FAR_AHEAD


@given(st.text(max_size=300))
def test_a_title_is_one_line_that_can_be_seen(typed: str) -> None:
    title = fit_title(typed)
    assert len(title) <= 120
    assert "\n" not in title
    assert title.isprintable()
    assert len(fit_title("Z" + "\u0301" * 50 + typed[:1])) <= 4, "accents that pile up would cover the lines above"


def test_overdue_ones_come_first_then_planned_by_day_then_the_last_made() -> None:
    planned = [change(1, due=TODAY), change(2, due=TODAY - timedelta(days=3))]
    made = [change(3, made=TODAY - timedelta(days=9)), change(4, made=TODAY)]
    assert [each.id for each in sort_changes([*made, *planned])] == [2, 1, 4, 3]
    assert [each.is_overdue(TODAY) for each in sort_changes(planned)] == [True, False]
    assert [each.state for each in (planned[0], made[0])] == [TeamChangeState.PLANNED, TeamChangeState.MADE]


@pytest.mark.parametrize(
    ("other", "days_apart", "overlaps"),
    [
        ("delivery", 5, True),
        ("delivery", 28, True),
        ("delivery", -28, True),
        ("delivery", 29, False),
        ("after_purchase", 5, True),  # the stage of the delivery
        ("product", 5, False),  # another touchpoint of it
        ("checkout", 5, False),
        ("lost", 5, False),
    ],
)
def test_changes_at_one_place_within_four_weeks_overlap(other: str, days_apart: int, *, overlaps: bool) -> None:
    one, two = change(1, made=TODAY), change(2, other, TODAY + timedelta(days=days_apart))
    assert has_overlap(one, [one, two], SHOP, 28) is overlaps
    assert has_overlap(two, [one, two], SHOP, 28) is overlaps
    assert not has_overlap(one, [one, change(3, other)], SHOP, 28), "one that is not made moves no figure"
