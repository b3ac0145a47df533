"""Verdicts on changes: whole weeks on both sides, few false ones over all looks, and nothing said too early."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.findings.change_verdict import LOOK_LEVEL, WEEK, WEEKS, WINDOW_DAYS, find_window, judge_change
from cjm.figures.findings.comparisons import ComparedFigure, find_changes
from cjm.figures.journey_map import Comparison
from cjm.figures.map_parts.changes import ChangeVerdict
from tests.cjm.figures.maps import comparison, csat
from tests.depth import choose_depth

MADE = date(2026, 10, 1)
EARLY, LAST = (find_window(MADE, MADE + timedelta(days=n)) for n in (8, 60))


@given(st.dates(), st.integers(-40, 400))
def test_both_sides_are_whole_weeks_without_the_day_itself_and_without_today(made: date, later: int) -> None:
    made = min(max(made, date(2000, 1, 1)), date(2090, 1, 1))
    today = made + timedelta(days=later)
    window = find_window(made, today)
    assert (window is None) == (later < WEEK + 1)
    if window is None:
        return
    assert not window.mixes_weekdays
    assert window.before.last == made - timedelta(days=1)
    assert window.now.first == made + timedelta(days=1)
    assert window.now.last < today
    assert window.before.days == WINDOW_DAYS
    assert window.now.days == min(WEEKS, (later - 1) // WEEK) * WEEK


def test_a_change_of_nothing_is_rarely_called_better_or_worse_over_all_four_looks() -> None:
    random, changes, wrong = np.random.default_rng(7), choose_depth(300, 4000), 0
    for _ in range(changes):
        before = int(random.binomial(160, 0.7))
        weeks = random.binomial(40, 0.7, WEEKS).cumsum()
        looks = [compare_shares(int(happy), 40 * n, before, 160) for n, happy in enumerate(weeks, 1)]
        wrong += any(each.change.direction in ("better", "worse") for each in looks)
    assert wrong / changes < 0.065


def compare_shares(happy: int, n: int, before: int, n_before: int) -> ComparedFigure:
    """Return the test of a share after against a share before."""
    return find_changes([comparison("p", csat(happy, n), csat(before, n_before))], q=LOOK_LEVEL).figures[0]


@pytest.mark.parametrize(
    ("window", "sides", "verdict"),
    [
        (None, None, ChangeVerdict.TOO_EARLY),
        (EARLY, (58, 60, 80, 160), ChangeVerdict.BETTER),
        (EARLY, (12, 60, 120, 160), ChangeVerdict.WORSE),
        (EARLY, (42, 60, 112, 160), ChangeVerdict.TOO_EARLY),  # nothing found yet
        (EARLY, (5, 6, 112, 160), ChangeVerdict.TOO_EARLY),
        (LAST, (58, 60, 80, 160), ChangeVerdict.BETTER),
        (LAST, (42, 60, 112, 160), ChangeVerdict.SAME),
        (LAST, (5, 6, 112, 160), ChangeVerdict.TOO_FEW),
        (LAST, (30, 60, 0, 0), ChangeVerdict.TOO_FEW),
        (LAST, None, ChangeVerdict.TOO_FEW),  # a figure that may not be told
    ],
)
def test_a_verdict_says_no_more_than_is_known(
    window: Comparison | None, sides: tuple[int, int, int, int] | None, verdict: ChangeVerdict
) -> None:
    assert judge_change(window, compare_shares(*sides) if sides else None) is verdict
