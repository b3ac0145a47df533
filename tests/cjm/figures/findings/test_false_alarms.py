"""Marks in quiet and in eventful weeks of a business whose customers come back: a short run of the tables in docs.

``uv run python -m tests.bench -k false_alarms`` runs it long: 20 years of weeks at four volumes.
"""

from collections import Counter
from math import sqrt

import pytest

from cjm.figures.journey_map import ChangeDirection
from tests.cjm.figures.findings.alarm_rates import (
    LATE,
    directions_of_late_answers,
    false_marks,
    power,
    segment_marks,
    weekday_marks,
)
from tests.cjm.figures.findings.business import Business
from tests.cjm.figures.findings.periods import MOST_ROWS
from tests.depth import choose_depth

WEEKS, YEARS = 4, 4
BOUND = 0.05 + 2 * sqrt(0.05 * 0.95 / WEEKS / YEARS)  # one in twenty, and two standard errors of so few weeks


@pytest.mark.parametrize("volume", [30, 100, 400])
def test_quiet_weeks_mark_a_change_in_one_of_twenty_maps_and_digests_at_most(volume: int) -> None:
    maps, digests, tested = false_marks(Business(volume), WEEKS, YEARS)
    print(f"{volume} a week: maps {maps}, digests {digests}, {tested:.0f} tested")  # noqa: T201 - asked for with -s
    assert maps.share <= BOUND
    assert digests.share <= BOUND


@pytest.mark.parametrize("most_rows", [MOST_ROWS, 0])
def test_customers_who_come_back_ten_times_raise_no_more_alarms(most_rows: int) -> None:
    """Nor do they where all people are known from counters by gap class."""
    maps, digests, tested = false_marks(Business(400, pool=0.5), 3, 3, most_rows=most_rows)
    assert tested > 30
    assert max(maps.share, digests.share) <= 0.05 + 2 * sqrt(0.05 * 0.95 / 9)


@pytest.mark.parametrize("shared", [False, True])
def test_two_segments_that_are_alike_are_marked_on_one_of_twenty_difference_maps_at_most(shared: bool) -> None:
    """Customers come back often; those who belong to both segments make marks rarer."""
    draws = choose_depth(120, 400)
    rate = segment_marks(Business(400, pool=0.5), draws, shared=shared)
    print(f"{rate:.1%} of {draws} maps of two equal segments, shared customers: {shared}")  # noqa: T201 - asked for with -s
    assert rate <= 0.05 + 2 * sqrt(0.05 * 0.95 / draws)


def test_a_drop_of_twenty_points_of_a_hundred_people_is_found_most_times() -> None:
    on_map, in_digest, size = power(100, 20, 12)
    print(f"map {on_map:.0%}, digest {in_digest:.0%}, measured as {size:.0f} points")  # noqa: T201 - asked for with -s
    assert on_map > 0.4
    assert in_digest > 0.7
    assert 15 < size < 35


def test_the_newest_days_are_not_called_better_because_unhappy_people_answer_later() -> None:
    assert LATE.unhappy_hours > 10 * LATE.happy_hours
    told = Counter(directions_of_late_answers(6, by_delay=True))
    pooled = Counter(directions_of_late_answers(6, by_delay=False))
    print(f"by delay {dict(told)}, all together {dict(pooled)}")  # noqa: T201 - asked for with -s
    assert told[ChangeDirection.BETTER] <= 1
    assert pooled[ChangeDirection.BETTER] >= 2


def test_weak_weekends_mark_nothing_in_whole_weeks() -> None:
    assert weekday_marks(7, 28, 15.0, 2).share <= 0.15
    assert weekday_marks(3, 3, 15.0, 2).share > 0.3  # such maps say that they mix weekdays unevenly
