"""Operational measures: the buckets that their values are counted in, and quantiles from the counts of buckets.

* Buckets are those of DDSketch (Masson, Rim & Lee: *DDSketch: A Fast and Fully-Mergeable Quantile Sketch with
  Relative-Error Guarantees*, VLDB 2019): each ends 1 % above the one before, on either side of zero, and zero has its
  own. Counts of buckets add up over days, cohorts and channels, so a quantile costs the same for any number of visits.
* A bucket stands for its roundest number, which is within 1 % of all its values. Whole numbers below 100 are alone in
  their bucket and come out exactly.
* A quantile is a value that was told, not one between two: the smallest that so large a share does not exceed.
"""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil, comb, floor, log, sqrt

from cjm.figures.intervals import Z95
from cjm.figures.map_parts.stage_facts import MeasureFigures
from cjm.journeys.journey import Measure

ACCURACY = 0.01
"""Largest distance of a quantile from the exact one, as a share of it."""

_STEP = log(1 + ACCURACY)
_ZERO, _NEGATIVE = "zero", "minus "
_MOST_EXACT = 1000  # values up to which the ranks of the interval come from the binomial distribution itself


def measure_bucket(value: float) -> str:
    """Return the bucket of a value; it must be a finite number."""
    if value == 0:
        return _ZERO
    # Without the tiny subtraction, rounding would put the end of a bucket into the next one.
    index = ceil(log(abs(value)) / _STEP - 1e-9)
    return f"{_NEGATIVE}{index}" if value < 0 else str(index)


@lru_cache(maxsize=4096)
def bucket_value(bucket: str) -> float:
    """Return the number that stands for the values of a bucket."""
    if bucket == _ZERO:
        return 0.0
    index = int(bucket.removeprefix(_NEGATIVE))
    size = _roundest_number((1 + ACCURACY) ** (index - 1), (1 + ACCURACY) ** index)
    return -size if bucket.startswith(_NEGATIVE) else size


def _roundest_number(low: float, high: float) -> float:
    """Return the middle with as few digits as keep it between the bounds."""
    middle = (low + high) / 2
    rounded = (float(f"{middle:.{digits}e}") for digits in range(6))
    return next((number for number in rounded if low < number <= high), middle)


def measure_figures(
    measure: Measure, counts: Mapping[str, int], language: str, *, minimum: int
) -> MeasureFigures | None:
    """Return the figures of a measure from the number of events in each bucket; None with fewer than the minimum.

    The interval of the median lies between two of the values (see `median_ranks`); without one for so few values.
    """
    values = sorted((bucket_value(bucket), n) for bucket, n in counts.items() if n > 0)
    n = sum(n for _, n in values)
    if n < max(minimum, 1):
        return None
    ranks = median_ranks(n)
    return MeasureFigures(
        key=measure.key,
        title=measure.title.in_language(language),
        unit=measure.unit.in_language(language) if measure.unit else "",
        n=n,
        median=_value_at(values, ceil(n / 2)),
        p90=_value_at(values, ceil(9 * n / 10)),
        low=_value_at(values, ranks[0]) if ranks else None,
        high=_value_at(values, ranks[1]) if ranks else None,
    )


def _value_at(values: list[tuple[float, int]], rank: int) -> float:
    """Return the value at a rank, from 1, among values with their counts in ascending order."""
    for value, n in values:
        rank -= n
        if rank <= 0:
            return value
    raise ValueError("there are fewer values than the rank")


@lru_cache(maxsize=1024)
def median_ranks(n: int) -> tuple[int, int] | None:
    """Return the ranks, from 1, between whose values the median lies with 95 % confidence; None for fewer than 6.

    How many of n values lie below the median is binomial with one half, for any distribution of them (David & Nagaraja,
    *Order Statistics*, 7.1). Values of one customer count as independent.
    """
    rank = _lower_rank(n) if n <= _MOST_EXACT else floor((n + 1 - Z95 * sqrt(n)) / 2)
    return (rank, n + 1 - rank) if rank else None


def _lower_rank(n: int) -> int:
    """Return the largest rank below which the median lies with a chance of 2.5 % at most; 0 without one."""
    rank, below = 0, 1  # outcomes, of 2 ** n, in which at most `rank` values lie below the median
    while 40 * below <= 2**n:
        rank += 1
        below += comb(n, rank)
    return rank
