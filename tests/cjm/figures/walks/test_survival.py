"""Kaplan–Meier's curve and the median's interval, against statsmodels and by simulation."""

from collections import Counter
from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from cjm.figures.journey_map import StageTime
from cjm.figures.walks.survival import kaplan_meier, stage_time
from tests.depth import choose_depth

HOUR = 3600.0
walks = st.lists(st.tuples(st.integers(1, 90 * 24 * 3600), st.booleans()), min_size=5, max_size=60)


def split(found: list[tuple[float, bool]]) -> tuple[Counter[float], Counter[float]]:
    """Return the seconds of those who went on, and of those who wait."""
    return Counter(t for t, gone in found if gone), Counter(t for t, gone in found if not gone)


@settings(max_examples=choose_depth(30, 600))
@given(walks)
def test_the_curve_equals_an_independent_kaplan_meier_with_its_variance(found: list[tuple[float, bool]]) -> None:
    independent = SurvfuncRight([t for t, _ in found], [int(gone) for _, gone in found])
    curve = kaplan_meier(*split(found))
    assert [step.seconds for step in curve] == list(independent.surv_times)
    assert [step.staying for step in curve] == pytest.approx(list(independent.surv_prob))
    for step, error in zip(curve, independent.surv_prob_se, strict=True):
        if step.staying > 1e-9:
            assert step.staying * sqrt(step.variance) == pytest.approx(error)


@given(walks)
def test_the_median_lies_in_its_interval_and_before_the_ninetieth(found: list[tuple[float, bool]]) -> None:
    time = stage_time(*split(found))
    ends = (time.median_low_s, time.median_s, time.median_high_s)
    assert [end for end in ends if end is not None] == sorted(end for end in ends if end is not None)
    assert not any(later is not None and end is None for end, later in pairwise(ends))
    assert time.p90_s is None or (time.median_s is not None and time.median_s <= time.p90_s)
    assert time.n == len(found)


@pytest.mark.parametrize("waiting_share", [0, 0.4])
def test_the_interval_is_that_of_the_log_log_scale(waiting_share: float) -> None:
    random = np.random.default_rng(3)
    for n in (40, 200):
        took, cut = random.exponential(1, n), random.exponential(1.5, n) if waiting_share else np.full(n, np.inf)
        independent = SurvfuncRight(np.minimum(took, cut), (took <= cut).astype(int))
        time = stage_time(Counter(took[took <= cut].tolist()), Counter(cut[took > cut].tolist()))
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = independent.quantile_ci(0.5, method="cloglog")
        assert (time.median_low_s, time.median_high_s) == pytest.approx((low, high))


def test_all_who_took_equally_long_have_an_interval_of_one_point() -> None:
    assert stage_time({600.0: 30}, {}) == StageTime(600.0, 600.0, 30, 600.0, 600.0)
    assert stage_time({600.0: 3}, {}, minimum=1).median_high_s is None


def test_customers_still_waiting_count_as_waiting() -> None:
    assert stage_time({HOUR: 6}, {}).median_s == HOUR
    assert (stage_time({HOUR: 6}, {5 * HOUR: 4}).median_s, stage_time({HOUR: 6}, {5 * HOUR: 4}).p90_s) == (HOUR, None)
    assert stage_time({HOUR: 6}, {5 * HOUR: 7}).median_s is None


def test_customers_last_seen_before_anybody_went_on_change_nothing_but_n() -> None:
    quick = {HOUR: 6.0, 9 * HOUR: 4.0}
    assert stage_time(quick, {60: 50}).n == 60
    assert stage_time(quick, {60: 50}).median_s == stage_time(quick, {}).median_s
    assert stage_time(quick, {60: 50}).p90_s == stage_time(quick, {}).p90_s


def test_customer_waiting_as_long_as_another_took_was_still_there_then() -> None:
    assert stage_time({HOUR: 5}, {HOUR: 5}).median_s == HOUR


def test_time_on_stage_of_a_few_is_withheld() -> None:
    assert stage_time({HOUR: 4}, {}) == StageTime(None, None, 4)
    assert stage_time({}, {}) == stage_time({}, {}, minimum=0) == StageTime(None, None, 0)
    assert stage_time({HOUR: 4}, {}, minimum=1).median_s is not None


@pytest.mark.parametrize("waiting_share", [0, 0.3, 0.6])
def test_the_medians_interval_holds_it_in_95_of_100_logs(waiting_share: float) -> None:
    """Take people whose times are exponential, cut at random so that this share is still there, at 10 to 100 walks."""
    random = np.random.default_rng(7)
    median, rate = float(np.log(2)), waiting_share / (1 - waiting_share)
    covered = []
    for n in (10, 30, 100):
        hits = 0
        for _ in range(400):
            took = random.exponential(1, n)
            cut = random.exponential(1 / rate, n) if rate else np.full(n, np.inf)
            time = stage_time(Counter(took[took <= cut].tolist()), Counter(cut[took > cut].tolist()))
            is_low_enough = time.median_low_s is None or time.median_low_s <= median
            hits += is_low_enough and (time.median_high_s is None or median <= time.median_high_s)
        covered.append(hits / 400)
    assert min(covered) >= 0.92
    assert 0.935 <= float(np.mean(covered)) <= 0.985
