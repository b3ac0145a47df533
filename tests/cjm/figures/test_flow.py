"""Conversion, time on a stage and rates, against tables, properties and statsmodels' Kaplan–Meier."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from cjm.figures.flow import bucket_bounds, bucket_middle, conversion_score, duration_bucket, stage_time
from cjm.figures.journey_map import StageTime
from cjm.figures.score import Verdict

HOUR = 3600.0
YEAR = 365.25 * 24 * HOUR
seconds = st.floats(min_value=0, max_value=100 * YEAR)


@given(seconds)
def test_a_duration_lies_within_its_bucket(duration: float) -> None:
    low, high = bucket_bounds(duration_bucket(duration))
    assert low * (1 - 1e-9) <= duration < high


@given(st.floats(min_value=1, max_value=100 * YEAR))
def test_a_bucket_stands_for_its_durations_within_two_and_a_half_per_cent(duration: float) -> None:
    assert bucket_middle(duration_bucket(duration)) == pytest.approx(duration, rel=0.025)


@given(st.lists(seconds, min_size=2, max_size=2))
def test_longer_durations_never_fall_into_earlier_buckets(pair: list[float]) -> None:
    shorter, longer = sorted(pair)
    assert duration_bucket(shorter) <= duration_bucket(longer)


@pytest.mark.parametrize("index", [0, 1, 2, 17, 100, 354, 500])
def test_buckets_follow_each_other_without_a_gap(index: int) -> None:
    low, high = bucket_bounds(index)
    assert high == bucket_bounds(index + 1)[0]
    assert duration_bucket(low) == index
    assert duration_bucket(high) == index + 1


def test_a_year_is_told_from_eleven_months_in_few_buckets() -> None:
    assert duration_bucket(0) == duration_bucket(0.2) == duration_bucket(1) == 0
    assert duration_bucket(YEAR * 11 / 12) < duration_bucket(YEAR) == 353


@pytest.mark.parametrize("wrong", [-1.0, -0.001, float("nan"), float("-inf")])
def test_a_negative_duration_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="0 seconds or more"):
        duration_bucket(wrong)


def test_a_bucket_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        bucket_bounds(-1)


@pytest.mark.parametrize(("went_on", "entered"), [(0, 10), (5, 12), (24, 30), (80, 100), (30, 30)])
def test_conversion_is_a_wilson_share_in_per_cent(went_on: int, entered: int) -> None:
    score = conversion_score(entered, went_on)
    low, high = proportion_confint(went_on, entered, method="wilson")
    assert (score.value, score.n) == (100 * went_on / entered, entered)
    assert [score.low, score.high] == pytest.approx([100 * low, 100 * high])
    assert score.mean is None
    assert score.counts is None


@pytest.mark.parametrize(
    ("entered", "verdict"),
    [(0, Verdict.WITHHELD), (4, Verdict.WITHHELD), (5, Verdict.GREY), (9, Verdict.GREY), (10, Verdict.OK)],
)
def test_conversion_of_few_is_not_judged_and_of_fewer_not_shown(entered: int, verdict: Verdict) -> None:
    score = conversion_score(entered, entered)
    assert score.verdict is verdict
    assert (score.value is None) == (verdict is Verdict.WITHHELD)


@pytest.mark.parametrize(("entered", "went_on"), [(10, 11), (10, -1), (-3, 0)])
def test_conversion_refuses_counters_that_cannot_be(entered: int, went_on: int) -> None:
    with pytest.raises(ValueError, match="went on"):
        conversion_score(entered, went_on)


people = st.lists(st.tuples(st.floats(min_value=1, max_value=90 * 24 * HOUR), st.booleans()), min_size=5, max_size=60)


@settings(max_examples=60)
@given(people)
def test_time_on_stage_equals_an_independent_kaplan_meier_within_a_bucket(
    walks: list[tuple[float, bool]],
) -> None:
    durations = Counter(duration_bucket(t) for t, gone in walks if gone)
    waiting = Counter(duration_bucket(t) for t, gone in walks if not gone)
    # the same walks, each rounded to its bucket's middle, so that ties are the same ties
    independent = SurvfuncRight([bucket_middle(duration_bucket(t)) for t, _ in walks], [int(gone) for _, gone in walks])
    ours = stage_time(durations, waiting)
    for quantile, found in ((0.5, ours.median_s), (0.1, ours.p90_s)):
        reached = independent.surv_times[independent.surv_prob <= quantile + 1e-9]
        assert found == (pytest.approx(reached[0]) if len(reached) else None)


def test_time_on_stage_of_many_is_right_within_a_bucket_of_the_exact_estimate() -> None:
    random = np.random.default_rng(7)
    time, cut = random.lognormal(10, 1.2, 4000), random.uniform(0, 200_000, 4000)
    seen, gone = np.minimum(time, cut), time <= cut
    exact = SurvfuncRight(seen, gone.astype(int))
    ours = stage_time(
        Counter(map(duration_bucket, seen[gone].tolist())), Counter(map(duration_bucket, seen[~gone].tolist()))
    )
    assert ours.median_s == pytest.approx(exact.quantile(0.5), rel=0.05)
    assert ours.p90_s == pytest.approx(exact.quantile(0.9), rel=0.05)


def test_customers_still_waiting_count_as_waiting() -> None:
    quick = {duration_bucket(HOUR): 6}
    assert stage_time(quick, {}).median_s == pytest.approx(HOUR, rel=0.025)
    assert stage_time(quick, {duration_bucket(5 * HOUR): 4}) == StageTime(stage_time(quick, {}).median_s, None)
    assert stage_time(quick, {duration_bucket(5 * HOUR): 7}) == StageTime(None, None)


def test_customers_last_seen_before_anybody_went_on_change_nothing() -> None:
    quick = {duration_bucket(HOUR): 6, duration_bucket(9 * HOUR): 4}
    assert stage_time(quick, {duration_bucket(60): 50}) == stage_time(quick, {})


def test_customer_waiting_as_long_as_another_took_was_still_there_then() -> None:
    assert stage_time({duration_bucket(HOUR): 5}, {duration_bucket(HOUR): 5}).median_s == pytest.approx(HOUR, rel=0.025)


def test_time_on_stage_of_a_few_is_withheld() -> None:
    assert stage_time({duration_bucket(HOUR): 4}, {}) == stage_time({}, {}) == StageTime(None, None)
    assert stage_time({duration_bucket(HOUR): 4}, {}, minimum=1).median_s is not None


def test_a_counter_of_durations_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        stage_time({3: -1}, {4: 9})
