"""Moments of a diary: as many as promised, by daylight, apart, and spread over the hours of the day."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.asking.diary_clock import (
    ANSWER_TIME,
    LEAST_BETWEEN,
    DiaryTerms,
    find_end,
    find_first_day,
    find_moment,
    find_next_moment,
)
from cjm.asking.quiet_hours import QuietHours
from cjm.figures.day.parts import PartOfDay, part_of
from cjm.journeys.diary.diary_plan import LATEST_MESSAGE, MOST_DIARY_DAYS, MOST_DIARY_MESSAGES_A_DAY
from tests.depth import choose_depth

FIRST = date(2026, 11, 23)
ZONES = st.sampled_from(["UTC", "Europe/Warsaw", "America/New_York", "Pacific/Kiritimati"]).map(ZoneInfo)
QUIET = st.none() | st.builds(QuietHours.parse, st.sampled_from(["21:00-09:00", "20:00-10:00", "13:00-11:00", "9-20"]))
TERMS = st.builds(
    DiaryTerms,
    days=st.integers(1, MOST_DIARY_DAYS),
    times_a_day=st.integers(1, MOST_DIARY_MESSAGES_A_DAY),
    # Days on which clocks change are among them.
    first_day=st.dates(date(2026, 3, 1), date(2026, 11, 30)),
    seed=st.integers(1, 10**9),
)


@settings(max_examples=choose_depth(50, 2000))
@given(terms=TERMS, zone=ZONES, quiet=QUIET)
def test_there_are_as_many_moments_as_promised_by_daylight_and_apart(
    terms: DiaryTerms, zone: ZoneInfo, quiet: QuietHours | None
) -> None:
    moments = [find_moment(terms, number, zone, quiet) for number in range(terms.messages)]
    local = [moment.astimezone(zone) for moment in moments]
    days = Counter(moment.date() for moment in local)
    assert days == {terms.first_day + timedelta(days=n): terms.times_a_day for n in range(terms.days)}
    assert all(time(9) <= moment.time() < time(21) for moment in local)
    assert all(later - earlier >= LEAST_BETWEEN for earlier, later in pairwise(moments))


@settings(max_examples=choose_depth(50, 2000))
@given(terms=TERMS, zone=ZONES, quiet=QUIET, steps=st.lists(st.integers(0, 60 * 30), min_size=1, max_size=80))
def test_however_time_passes_no_number_is_used_twice(
    terms: DiaryTerms, zone: ZoneInfo, quiet: QuietHours | None, steps: list[int]
) -> None:
    now, reached, used = find_moment(terms, 0, zone, quiet) - timedelta(days=1), 0, []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        moment = find_next_moment(terms, reached, zone, quiet, now)
        assert moment is None or now < moment.at + LATEST_MESSAGE
        if moment is not None and moment.at <= now:
            used.append(moment.number)
            reached = moment.number + 1
    assert used == sorted(set(used))
    assert all(0 <= number < terms.messages for number in used)


def test_a_diary_begins_on_the_day_after_joining_by_the_clock_of_its_volunteer() -> None:
    joined = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert find_first_day(joined, ZoneInfo("UTC")) == FIRST
    assert find_first_day(joined, ZoneInfo("Europe/Warsaw")) == FIRST + timedelta(days=1)


def test_moments_keep_out_of_quiet_hours_where_these_leave_enough_of_the_day() -> None:
    terms, zone = DiaryTerms(5, 2, FIRST, 7), ZoneInfo("UTC")
    quiet = QuietHours(time(19), time(11))
    assert not any(quiet.covers(find_moment(terms, number, zone, quiet)) for number in range(terms.messages))


@pytest.mark.parametrize("times_a_day", range(1, MOST_DIARY_MESSAGES_A_DAY + 1))
def test_diaries_of_many_see_every_part_of_the_waking_day(times_a_day: int) -> None:
    zone = ZoneInfo("UTC")
    diaries = [DiaryTerms(3, times_a_day, FIRST, seed) for seed in range(1, 201)]
    parts = Counter(
        part_of(find_moment(terms, number, zone, None).time()) for terms in diaries for number in range(terms.messages)
    )
    assert parts.keys() == set(PartOfDay) - {PartOfDay.NIGHT}
    assert min(parts.values()) >= parts.total() / 20


def test_a_missed_moment_is_passed_over_and_after_the_last_one_there_is_time_to_answer() -> None:
    terms, zone = DiaryTerms(1, 2, FIRST, 3), ZoneInfo("UTC")
    first, last = (find_moment(terms, number, zone, None) for number in range(2))
    found = [
        find_next_moment(terms, 0, zone, None, now)
        for now in (first + LATEST_MESSAGE - timedelta(seconds=1), first + LATEST_MESSAGE, last + LATEST_MESSAGE)
    ]
    assert [moment and moment.number for moment in found] == [0, 1, None]
    assert find_end(last) == last + LATEST_MESSAGE + ANSWER_TIME
