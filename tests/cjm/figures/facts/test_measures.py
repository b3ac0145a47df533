"""Quantiles of measures from buckets, against the values themselves and the binomial distribution."""

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from cjm.figures.facts.measures import ACCURACY, bucket_value, measure_bucket, measure_figures, median_ranks
from cjm.figures.map_parts.stage_facts import MeasureFigures
from cjm.journeys.journey import Measure

WAIT = Measure.model_validate({"key": "wait", "title": "Waiting", "unit": "min"})
values = st.floats(-1e15, 1e15).filter(lambda value: value == 0 or abs(value) > 1e-300)


def figures_of(told: list[float], minimum: int = 1) -> MeasureFigures | None:
    return measure_figures(WAIT, Counter(map(measure_bucket, told)), "en", minimum=minimum)


@given(st.lists(values, min_size=1, max_size=60))
def test_quantiles_are_within_one_per_cent_of_the_exact_ones(told: list[float]) -> None:
    found, ordered = figures_of(told), sorted(told)
    assert found is not None
    for figure, rank in ((found.median, ceil(len(told) / 2)), (found.p90, ceil(0.9 * len(told)))):
        assert figure == pytest.approx(ordered[rank - 1], rel=ACCURACY * (1 + 1e-9), abs=0)
    if (ranks := median_ranks(len(told))) is not None:
        expected = [ordered[rank - 1] for rank in ranks]
        assert [found.low, found.high] == pytest.approx(expected, rel=ACCURACY * (1 + 1e-9), abs=0)


@given(values, values)
def test_buckets_keep_the_order_of_values(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert bucket_value(measure_bucket(low)) <= bucket_value(measure_bucket(high))


def test_whole_numbers_below_a_hundred_come_out_exactly() -> None:
    assert all(bucket_value(measure_bucket(number)) == number for number in range(-99, 100))


@pytest.mark.parametrize("n", [6, 7, 20, 99, 1000, 1001, 5000])
def test_the_interval_of_the_median_covers_95_per_cent_and_no_narrower_one_does(n: int) -> None:
    ranks = median_ranks(n)
    assert ranks is not None
    low, high = ranks
    assert high == n + 1 - low
    assert 1 - 2 * binom.cdf(low - 1, n, 0.5) >= 0.95
    assert 1 - 2 * binom.cdf(low, n, 0.5) < 0.951


def test_five_values_tell_no_interval() -> None:
    found = figures_of([1, 2, 3, 4, 5])
    assert found is not None
    assert (found.median, found.low, found.high) == (3, None, None)


def test_fewer_events_than_the_minimum_tell_nothing() -> None:
    assert figures_of([12] * 4, minimum=5) is None
    assert figures_of([], minimum=0) is None
