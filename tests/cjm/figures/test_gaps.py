"""Gap counters: what a changed day moves, and how well a window's people and their likeness follow from them."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.gaps import (
    GAP_CLASSES,
    GapKey,
    GapSums,
    PersonDayValue,
    gap_class,
    pair_moves,
    share_in_window,
    sum_window_gaps,
)
from cjm.figures.people import clustered_variance
from cjm.figures.tally import reverse_moves, sum_moves
from tests.cjm.figures.returning_people import START, ReturningPeople, simulate_people

person_days = st.lists(
    st.builds(
        PersonDayValue,
        day=st.integers(0, 800).map(lambda n: START + timedelta(days=n))
        | st.integers(0, 9).map(lambda n: START + timedelta(days=n)),
        cohort_id=st.integers(1, 2),
        subject=st.sampled_from(["pay", "old-pay"]),
        x=st.sampled_from([0.0, 0.5, 1.0]),
    ),
    max_size=12,
    unique_by=lambda each: each[:3],
)


def count_pairs(days: Sequence[PersonDayValue]) -> dict[GapKey, GapSums]:
    """Return the gap counters of one person, pair by pair."""
    counters: dict[GapKey, GapSums] = {}
    ordered = sorted(days)
    for j, later in enumerate(ordered):
        for i, earlier in enumerate(ordered[:j]):
            gap = (later.day - earlier.day).days
            if gap <= 365:
                place = next(k for k, each in enumerate(GAP_CLASSES) if gap in each)
                key = GapKey("shop", later.day, later.subject, "csat", place)
                sums = GapSums(int(i == j - 1), 1, later.x + earlier.x, later.x * earlier.x)
                counters[key] = counters.get(key, GapSums()) + sums
    return counters


def test_the_classes_follow_each_other_without_a_gap_from_the_same_day_to_a_year() -> None:
    assert [day for each in GAP_CLASSES for day in each] == list(range(366))
    assert [gap_class(day) for day in (0, 1, 4, 5, 6, 365, 366)] == [0, 1, 4, 5, 5, 18, None]


@given(person_days)
def test_moves_of_all_days_are_all_pairs(days: list[PersonDayValue]) -> None:
    assert sum_moves(pair_moves("shop", "csat", days, {each.day for each in days})) == count_pairs(days)


@given(person_days, person_days, st.data())
def test_moving_only_changed_days_gives_the_counters_of_the_new_days(
    before: list[PersonDayValue], other: list[PersonDayValue], data: st.DataObject
) -> None:
    """Some days become what another list says: answers come late, change, or are withdrawn."""
    all_days = sorted({each.day for each in before + other})
    changed = set(data.draw(st.lists(st.sampled_from(all_days), max_size=3))) if all_days else set()
    after = [each for each in before if each.day not in changed] + [each for each in other if each.day in changed]
    # A caller reads no more than the days around the changed ones.
    near = [[each for each in side if _is_near(each.day, changed)] for side in (before, after)]
    moves = [
        *count_pairs(before).items(),
        *reverse_moves(pair_moves("shop", "csat", near[0], changed)),
        *pair_moves("shop", "csat", near[1], changed),
    ]
    assert sum_moves(moves) == count_pairs(after)


def _is_near(day: date, changed: set[date]) -> bool:
    return any(abs((day - each).days) <= 365 for each in changed)


def test_a_window_counts_shorter_classes_whole_and_divides_one() -> None:
    assert [share_in_window(5, days_back) for days_back in (4, 5, 6, 7)] == [0.0, 0.5, 1.0, 1.0]
    five_or_six = gap_class(5)
    assert five_or_six is not None
    rows = [(START + timedelta(days=n), five_or_six, GapSums(2, 4, 6.0, 1.0)) for n in (4, 5, 6)]
    found = sum_window_gaps(rows, START)
    assert (found.previous, found.pairs, found.total, found.products) == (3.0, 6.0, 9.0, 1.5)
    assert found.previous_whole == 4


def test_a_second_cohort_of_a_day_is_a_return_in_every_window() -> None:
    found = sum_window_gaps([(START, 0, GapSums(3, 3))], START)
    assert (found.previous, found.previous_whole, found.same_day) == (3.0, 3, 3)


def errors_of_windows(people: ReturningPeople, windows: int, lengths: Sequence[int]) -> list[tuple[float, float]]:
    """Return how far people and width are off, in windows that are too large to be counted from rows."""
    rng = np.random.default_rng(7)
    errors: list[tuple[float, float]] = []
    while len(errors) < windows:
        length = int(rng.choice(lengths))
        last = int(rng.integers(length - 1, people.days))
        exact, about = (count(last - length + 1, last) for count in (people.count_exactly, people.count_by_gaps))
        assert about.clusters.at_least <= exact.clusters.people
        if exact.sums.n > 1000:
            width = sqrt(clustered_variance(about) / clustered_variance(exact))
            errors.append((abs(about.clusters.people / exact.clusters.people - 1), abs(width - 1)))
    return errors


@pytest.mark.parametrize(("n", "per_28_days", "shape"), [(1500, 0.7, 1.0), (700, 2.0, 1.0), (250, 4.0, 0.5)])
def test_gap_counters_are_close_to_exact_counting_in_any_window(n: int, per_28_days: float, shape: float) -> None:
    """People within 2 % on average and 6 % at most, the interval's width within 1 % and 4 %."""
    errors = errors_of_windows(simulate_people(n, per_28_days, shape, days=200), 30, (7, 28, 30, 56, 84, 180))
    people_off, width_off = (float(each) for each in np.mean(errors, axis=0))
    people_worst, width_worst = (float(each) for each in np.max(errors, axis=0))
    assert people_off <= 0.02
    assert people_worst <= 0.06
    assert width_off <= 0.01
    assert width_worst <= 0.04
