"""The relational pulse: everybody has days of their own, and no day has more people than another."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.asking.pulse import ACTIVE, CATCH_UP, find_last_moment, find_pulse, is_pulsed
from tests.depth import choose_depth

ZONE = ZoneInfo("Europe/Warsaw")
NOON = datetime(2026, 6, 1, 17, tzinfo=UTC)  # 19:00 in Warsaw: all moments of the day are over


def find(person: int, now: datetime, *, every: int = 90, survey: str = "pulse") -> datetime | None:
    found = find_pulse("shop", survey, every, person, ZONE, now)
    return found.at if found else None


def moments_of(person: int, days: int, *, every: int = 90, survey: str = "pulse") -> list[datetime]:
    found = (find(person, NOON + timedelta(days=n), every=every, survey=survey) for n in range(0, days, CATCH_UP.days))
    return sorted({at for at in found if at is not None})


@settings(max_examples=choose_depth(20, 300))
@given(st.integers(1, 10**9), st.integers(7, 730))
def test_days_of_a_person_are_a_period_apart(person: int, every: int) -> None:
    moments = [at.astimezone(ZONE) for at in moments_of(person, 2 * every + 4, every=every)]
    assert len(moments) >= 2
    assert {(b.date() - a.date()).days for a, b in pairwise(moments)} == {every}
    assert all(10 <= at.hour < 18 for at in moments)


@pytest.mark.parametrize("every", [30, 90, 91])
def test_people_are_spread_evenly_over_days_weekdays_and_hours(every: int) -> None:
    people = choose_depth(4_000, 40_000)
    firsts = [find_last_moment("shop", "pulse", every, person, ZONE, NOON).at for person in range(people)]
    local = [at.astimezone(ZONE) for at in firsts]
    for counts, parts in (
        (Counter(at.date() for at in local), every),
        (Counter(at.weekday() for at in local), 7),
        (Counter(at.hour for at in local), 8),
    ):
        expected = people / parts
        assert len(counts) == parts
        # A day of the week has one date more than another where a period is no whole number of weeks.
        slack = 5 * expected**0.5 + (people / every if parts == 7 else 0)
        assert all(abs(n - expected) <= slack for n in counts.values()), counts


def test_two_surveys_ask_the_same_people_on_different_days() -> None:
    same = [n for n in range(200) if moments_of(n, 30, every=30) == moments_of(n, 30, every=30, survey="other")]
    assert len(same) < 3


def test_a_moment_is_caught_up_with_for_two_days_and_then_left_out() -> None:
    at = moments_of(77, 90)[0]
    assert find(77, at - timedelta(seconds=1)) is None
    assert find(77, at) == find(77, at + CATCH_UP - timedelta(seconds=1)) == at
    assert find(77, at + CATCH_UP) is None


def test_each_moment_has_an_occasion_of_its_own() -> None:
    days = [NOON + timedelta(days=n) for n in range(40)]
    found = [find_pulse("shop", survey, 7, person, ZONE, d) for survey in "ab" for person in (7, 77) for d in days]
    moments = {(one.occasion, one.at) for one in found if one}
    assert len({occasion for occasion, _ in moments}) == len(moments) >= 20


@pytest.mark.parametrize(
    ("first", "last", "is_asked"),
    [
        (timedelta(days=45), timedelta(days=1), True),
        (timedelta(days=44), timedelta(days=1), False),
        (timedelta(days=900), ACTIVE, True),
        (timedelta(days=900), ACTIVE + timedelta(seconds=1), False),
    ],
)
def test_new_customers_and_those_who_are_gone_are_left_alone(first: timedelta, last: timedelta, is_asked: bool) -> None:
    assert is_pulsed(NOON - first, NOON - last, 90, NOON) is is_asked
