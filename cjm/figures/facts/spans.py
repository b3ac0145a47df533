"""Spans of days: counters are added up over weeks and over everyone too, so that a long window reads few of them.

* A week begins on Monday.
* In a week, entries to stages and their amounts keep the day, and lose the hour: a day tells how long people wait.
* The counters of everyone over all channels exist for each day and for each week; those by cohort and channel, and the
  gap counters, for each week beside their days. All of them are sums of the counters of days, and tell no more.
* Times at stages have hundreds of buckets, which spans keep in blocks: `cjm.figures.facts.duration_blocks`.
* What became of questions, and people by the part of the day, are read by few and not summed: an answer would move
  twice as many sums.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from cjm.figures.day.day_places import PART_PREFIX
from cjm.figures.gaps import GapMove, GapSums
from cjm.figures.tally import AMOUNT, ENTERED, SINCE_START, TOOK, WENT_ON, CounterSums, Move

DAY, WEEK = 1, 7
"""Days of a span."""

FLOW_MEASURES = (ENTERED, WENT_ON, TOOK, SINCE_START, AMOUNT)
"""Measures of walks. They have dozens of buckets a day, so the sums keep them apart from all others."""

DURATIONS = (TOOK, SINCE_START)
"""Measures of time, whose sums are blocks."""

NOT_SUMMED = "asked"
"""Beginning of the measures `ASKED` and `ASKED_AT`."""

BY_DAY = (ENTERED, AMOUNT)
"""Measures whose bucket in a week is the day of the week."""


class TotalKey(NamedTuple):
    """Name of one counter of everyone over all channels: of the span of so many days that begins on ``day``."""

    journey: str
    is_flow: bool
    span: int
    day: date
    measure: str
    subject: str
    bucket: str
    settled: bool = False


class WeekKey(NamedTuple):
    """Name of one counter of a week, by cohort and channel; ``day`` is the week's Monday."""

    journey: str
    is_flow: bool
    day: date
    measure: str
    cohort_id: int
    subject: str
    bucket: str
    channel: str
    settled: bool = False


class GapWeekKey(NamedTuple):
    """Name of one gap counter of a week; ``day`` is the week's Monday."""

    journey: str
    gap: int
    day: date
    measure: str
    subject: str


TotalMove = tuple[TotalKey, CounterSums]
WeekMove = tuple[WeekKey, CounterSums]
GapWeekMove = tuple[GapWeekKey, GapSums]


def week_start(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def is_summed(subject: str, measure: str) -> bool:
    """Return whether counters with this subject and measure are added up over spans, one by one."""
    return not subject.startswith(PART_PREFIX) and not measure.startswith(NOT_SUMMED) and measure not in DURATIONS


def week_bucket(day: date, measure: str, bucket: str) -> str:
    """Return the bucket that a counter of a day has in its week; days of the week are numbered from 0 on Monday."""
    return str(day.weekday()) if measure in BY_DAY else bucket


def total_moves(moves: Iterable[Move]) -> Iterator[TotalMove]:
    """Yield what moves of counters add to those of everyone, by the day and by the week."""
    for (journey, day, subject, measure, bucket, _, _, settled), sums in moves:
        if not is_summed(subject, measure):
            continue
        is_flow, of_week = measure in FLOW_MEASURES, week_bucket(day, measure, bucket)
        yield TotalKey(journey, is_flow, DAY, day, measure, subject, bucket, settled), sums
        yield TotalKey(journey, is_flow, WEEK, week_start(day), measure, subject, of_week, settled), sums


def week_moves(moves: Iterable[Move]) -> Iterator[WeekMove]:
    """Yield what moves of counters add to those of weeks."""
    for (journey, day, subject, measure, bucket, cohort_id, channel, settled), sums in moves:
        if not is_summed(subject, measure):
            continue
        is_flow, of_week = measure in FLOW_MEASURES, week_bucket(day, measure, bucket)
        yield WeekKey(journey, is_flow, week_start(day), measure, cohort_id, subject, of_week, channel, settled), sums


def gap_week_moves(moves: Iterable[GapMove]) -> Iterator[GapWeekMove]:
    """Yield what moves of gap counters add to those of weeks."""
    for (journey, day, subject, measure, gap), sums in moves:
        yield GapWeekKey(journey, gap, week_start(day), measure, subject), sums


class DayRange(NamedTuple):
    """Days from the first to the last, both included; none where the last is before the first."""

    first: date
    last: date

    def list_days(self, step: int = DAY) -> list[date]:
        """Return every day, or the first day of every span of ``step`` days."""
        return [self.first + timedelta(days=ago) for ago in range(0, (self.last - self.first).days + 1, step)]


class WindowSpans(NamedTuple):
    """Window as the weeks that lie wholly in it, and the days before and after them."""

    before: DayRange
    weeks: DayRange
    after: DayRange


def split_window(first: date, last: date) -> WindowSpans:
    """Return the spans whose counters add up to those of a window; ``weeks`` names their Mondays."""
    monday = week_start(first + timedelta(days=WEEK - 1))
    end = week_start(last + timedelta(days=1))  # the Monday after the last whole week
    if monday >= end:
        return WindowSpans(
            DayRange(first, last), DayRange(end, end - timedelta(days=1)), DayRange(last + timedelta(days=1), last)
        )
    before = DayRange(first, monday - timedelta(days=1))
    return WindowSpans(before, DayRange(monday, end - timedelta(days=1)), DayRange(end, last))
