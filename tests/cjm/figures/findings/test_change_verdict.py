"""Verdicts on changes: whole weeks on both sides, few false ones over all looks, and nothing said too early."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.findings.change_verdict import (
    LOOK_DAYS,
    LOOK_LEVEL,
    WEEK,
    WEEKS,
    WINDOW_DAYS,
    find_window,
    judge_change,
    list_beside,
)
from cjm.figures.findings.comparisons import DIRECTED, ComparedFigure, find_changes
from cjm.figures.journey_map import Comparison
from cjm.figures.map_parts.changes import PROVEN, ChangeVerdict
from tests.cjm.figures.findings.change_lives import FIRST, share_with_false_verdict, simulate_journey
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


@pytest.mark.parametrize(("days", "journeys"), [((0,), choose_depth(300, 4000)), ((0,) * 5, choose_depth(300, 2000))])
def test_changes_of_nothing_rarely_get_a_false_verdict_however_many_there_are(
    days: tuple[int, ...], journeys: int
) -> None:
    """Over all four looks; five tested by themselves would be wrong in a sixth of journeys."""
    assert share_with_false_verdict(journeys, days, seed=7) < 0.08


@given(st.lists(st.integers(0, 90), min_size=1, max_size=5), st.integers(0, 60), st.integers(1, 400))
def test_a_verdict_after_four_weeks_is_turned_by_nothing_that_is_made_or_looked_at_later(
    days: list[int], more: int, later: int
) -> None:
    journey = simulate_journey(np.random.default_rng(more), [*days, max(days) + more], [0.0] * (len(days) + 1))
    change, known = journey.changes[0], journey.changes[:-1]
    last_look = FIRST + timedelta(days=days[0] + LOOK_DAYS)
    then = list_beside(change, known, last_look)
    assert list_beside(change, known, last_look + timedelta(days=later)) == then
    if days[0] + LOOK_DAYS < max(days) + more:  # planned by then, but made later
        assert list_beside(change, journey.changes, last_look + timedelta(days=later)) == then
    assert all(window.now.last < last_look for _, window in then)


@pytest.mark.parametrize("seed", range(choose_depth(20, 200)))
def test_what_is_left_unread_would_decide_nothing(seed: int) -> None:
    """Reading the others only where they decide gives what one test of all gives."""
    effects = [0.0, 0.12, 0.16, -0.12, 0.14]
    journey = simulate_journey(np.random.default_rng(seed), [0, 3, 9, 9, 20], effects)
    today = FIRST + timedelta(days=30)
    for change in journey.changes:
        window = find_window(change.made_on or FIRST, today)
        if window is None:
            continue
        own = journey.compare(change, window)
        others = [journey.compare(*each) for each in list_beside(change, journey.changes, today)]
        whole = find_changes([own, *others], q=LOOK_LEVEL).figures[0].change.direction
        assert (journey.judge(change.id, today) in PROVEN) == (whole in DIRECTED)


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
