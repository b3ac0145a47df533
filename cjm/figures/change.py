"""Tests of change: the interval of a difference, a test of week against base, a correction for many tests.

* Anything said to have changed passed a test; a tested difference that did not is "no change".
* A mix of touchpoints that changed is no change of a figure: answers are compared within each touchpoint.
* A person with many answers on one day is not many people: person-days widen the test of a stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cbrt, erfc, hypot, sqrt
from typing import NamedTuple

from cjm.figures.contributions import AnswerCounts, ContributionSums, sum_contributions
from cjm.figures.intervals import Z95
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale, contribution

Stratum = tuple[AnswerCounts, AnswerCounts]
"""Answers at one touchpoint by raw value: of the week, and of the base before it."""


def compare_scores(now: Score, before: Score | None) -> FigureChange:
    """Return the difference now − before, in the headline's unit, with its 95 % interval.

    The distances of each figure to the ends of its interval are squared and added: Newcombe's hybrid score interval
    (1998, method 10) where both are Wilson's, with the effective sample size at a stage; the same rule holds for any
    two good intervals (MOVER, Zou & Donner 2008). The change is unknown and without figures when a side is missing or
    may not be judged. Only the two figures are compared: use :func:`mantel_score_test` where the mix of touchpoints
    may have changed.
    """
    if before is None or now.verdict is not Verdict.OK or before.verdict is not Verdict.OK:
        return FigureChange(ChangeDirection.UNKNOWN)
    value, low, high = _value_and_interval(now)
    value_0, low_0, high_0 = _value_and_interval(before)
    points = value - value_0
    least, most = points - hypot(value - low, high_0 - value_0), points + hypot(high - value, value_0 - low_0)
    return FigureChange(change_direction(least, most), points, least, most)


def change_direction(low: float, high: float) -> ChangeDirection:
    """Return the direction that the interval of a difference proves; on every scale more is better."""
    if low > 0:
        return ChangeDirection.BETTER
    return ChangeDirection.WORSE if high < 0 else ChangeDirection.SAME


def _value_and_interval(score: Score) -> tuple[float, float, float]:
    if score.value is None or score.low is None or score.high is None:
        raise ValueError("a score that may be judged has a value and an interval")
    return score.value, score.low, score.high


@dataclass(frozen=True, slots=True)
class ScoreTestResult:
    """Difference week − base within touchpoints, in the headline's unit, with its 95 % interval and the p-value."""

    points: float
    low: float
    high: float
    p_value: float


def mantel_score_test(
    scale: Scale, strata: Sequence[Stratum], people: tuple[ContributionSums, ContributionSums] | None = None
) -> ScoreTestResult:
    """Test week against base within each stratum: the mean score test (Mantel 1963; Landis, Heyman & Koch 1978).

    Each stratum's sum of contributions in the week is compared with the expected sum of as many answers drawn from
    the stratum's pool, so asking more at a weak touchpoint is no change; a stratum with an empty side adds nothing to
    the difference. ``points`` are the strata's differences weighted by n·m/(n + m), as Mantel and Haenszel do. With one
    stratum and a share the statistic is that of the N − 1 chi-squared test (Campbell 2007).

    The statistic is skewed when a small week meets a satisfied base, and the normal tail would then raise up to five
    times too many false alarms. Its exact third moment is therefore used through a gamma distribution (Pearson's
    type III, as for permutation tests in Mielke & Berry 2007) by the cube root of Wilson & Hilferty (1931).

    ``people`` are the person-days of the same stage in the week and in the base. They widen the test by the design
    effect (Kish 1965): the variance of the difference between the means of person-days, divided by the variance that
    the answers would give if all were independent; never below 1. Its limits: one design effect for all touchpoints of
    the stage; a customer met on two days counts twice; differences between touchpoints are part of the spread of
    person-days, so the test is a little cautious where each person is asked about another touchpoint.
    """
    sums = _StratumSums(*map(sum, zip(_EMPTY_STRATUM, *(_stratum_sums(scale, *each) for each in strata), strict=True)))
    factor = scale.spec.unit_factor
    if not sums.weight:  # no stratum has answers on both sides
        return ScoreTestResult(0.0, 0.0, 0.0, 1.0)
    points = factor * sums.observed_minus_expected / sums.weight
    if sums.variance < 1e-12:  # all answers are equal: there is no spread to test against
        return ScoreTestResult(points, points, points, 1.0)
    effect = _design_effect(sums, people)
    error = sqrt(sums.variance * effect)
    half_width = factor * Z95 * error / sums.weight
    skewness = sums.third_moment / sums.variance**1.5 * sqrt(effect)
    p_value = _two_sided_p_value(sums.observed_minus_expected / error, skewness)
    return ScoreTestResult(points, points - half_width, points + half_width, p_value)


class _StratumSums(NamedTuple):
    """Terms of the test, summed over strata.

    ``variance`` and ``third_moment`` belong to ``observed_minus_expected`` under random draws from the pool;
    ``residual_squares`` and ``degrees_of_freedom`` give the spread of single answers within strata.
    """

    observed_minus_expected: float
    weight: float
    variance: float
    third_moment: float
    residual_squares: float
    degrees_of_freedom: float
    week_answers: float
    base_answers: float


_EMPTY_STRATUM = _StratumSums(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def _stratum_sums(scale: Scale, week: AnswerCounts, base: AnswerCounts) -> _StratumSums:
    a, b = sum_contributions(scale, week), sum_contributions(scale, base)
    pool = a + b
    if not pool.n:
        return _EMPTY_STRATUM
    weight, mean, third_moment = a.n * b.n / pool.n, pool.total / pool.n, 0.0
    # The third moment of a sum drawn without replacement; it needs three answers.
    if weight and pool.n > 2:
        cubes = sum(n * (contribution(scale, value) - mean) ** 3 for side in (week, base) for value, n in side.items())
        third_moment = cubes * weight * (b.n - a.n) / ((pool.n - 1) * (pool.n - 2))
    freedom, variance = pool.n - 1, pool.variance
    return _StratumSums(
        observed_minus_expected=a.total - a.n * mean,
        weight=weight,
        variance=variance * weight,
        third_moment=third_moment,
        residual_squares=variance * freedom,
        degrees_of_freedom=freedom,
        week_answers=a.n,
        base_answers=b.n,
    )


def _design_effect(sums: _StratumSums, people: tuple[ContributionSums, ContributionSums] | None) -> float:
    """Return by how much person-days spread more than independent answers would; 1 without enough of them."""
    if people is None or min(side.n for side in people) < 2:
        return 1.0
    week, base = people
    pooled = (week.variance * (week.n - 1) + base.variance * (base.n - 1)) / (week.n + base.n - 2)
    independent = sums.residual_squares / sums.degrees_of_freedom * (1 / sums.week_answers + 1 / sums.base_answers)
    return max(1.0, pooled * (1 / week.n + 1 / base.n) / independent)


def _two_sided_p_value(z: float, skewness: float) -> float:
    """Return twice the smaller tail of a standardised gamma distribution; beyond its end, of the normal one."""
    if abs(skewness) > 1e-6 and 1 + skewness * z / 2 > 0:
        z = 6 / skewness * (cbrt(1 + skewness * z / 2) - 1) + skewness / 6
    return erfc(abs(z) / sqrt(2))


def benjamini_hochberg(p_values: Sequence[float], q: float = 0.05) -> tuple[bool, ...]:
    """Return for each of many tests whether it is a finding, with on average at most the share ``q`` of findings false.

    Benjamini & Hochberg 1995. When the figures are independent or move together, and nothing really changed, the
    chance of any false alarm at all is at most ``q``.
    """
    ordered = sorted(p_values)
    passing = [p for rank, p in enumerate(ordered, start=1) if p <= q * rank / len(ordered)]
    limit = max(passing, default=-1.0)
    return tuple(p <= limit for p in p_values)
