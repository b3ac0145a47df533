"""Test whether a figure changed between two periods, and correct many such tests.

* Anything said to have changed passed a test; a tested difference that did not is "no change".
* A mix of touchpoints that changed is no change of a figure: answers are compared within each touchpoint. They are also
  compared within each class of delay: unhappy customers may answer later, and the newest days hold quick answers only.
* A person with many answers is not many people: the test is widened by how alike the days of one person are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import cbrt, erfc, log1p, sqrt
from typing import NamedTuple

from cjm.figures.findings.contributions import AnswerCounts, sum_contributions
from cjm.figures.people import PeopleSums, clustered_squares, is_simple_sample, unclustered_squares
from cjm.scales import Scale, contribution

Stratum = tuple[AnswerCounts, AnswerCounts]
"""Answers that are alike in touchpoint and delay, by raw value: of the period now, and of the one before."""

NO_SPREAD = 1e-12  # below this a variance is rounding


@dataclass(frozen=True, slots=True)
class Clustering:
    """Factor by which people who answer often widen a test, and the people's degrees of freedom behind it.

    ``None`` stands for an exact factor: everybody answered once.
    """

    effect: float = 1.0
    freedom: float | None = None


@dataclass(frozen=True, slots=True)
class ScoreTestResult:
    """Difference now − before within strata, in the headline's unit, with the p-value.

    ``stretch`` is how much less exact it is, as a factor of its error, than the difference of the plain figures:
    answers of a stratum with an empty side, or of a mix that changed, say less.
    """

    points: float
    p_value: float
    stretch: float = 1.0


def mantel_score_test(scale: Scale, strata: Sequence[Stratum], clustering: Clustering | None = None) -> ScoreTestResult:
    """Test now against before within each stratum: the mean score test (Mantel 1963; Landis, Heyman & Koch 1978).

    Each stratum's sum of contributions now is compared with the expected sum of as many answers drawn from the
    stratum's pool, so asking more at a weak touchpoint is no change; a stratum with an empty side adds nothing to
    the difference. ``points`` are the strata's differences weighted by n·m/(n + m), as Mantel and Haenszel do. With one
    stratum and a share the statistic is that of the N − 1 chi-squared test (Campbell 2007).

    The statistic is skewed when a small week meets a satisfied base, and the normal tail would then raise up to five
    times too many false alarms. Its exact third moment is therefore used through a gamma distribution (Pearson's
    type III, as for permutation tests in Mielke & Berry 2007) by the cube root of Wilson & Hilferty (1931).

    ``clustering`` multiplies the variance, and the tail becomes Student's, because the factor is an estimate.
    """
    clustering = clustering or Clustering()
    sums = _sum_strata(scale, strata)
    if not sums.weight:  # no stratum has answers on both sides
        return ScoreTestResult(0.0, 1.0)
    points = scale.spec.unit_factor * sums.observed_minus_expected / sums.weight
    whole = sums.answers_now * sums.answers_before / (sums.answers_now + sums.answers_before)
    stretch = sqrt(max(1.0, whole / sums.weight))
    if sums.variance < NO_SPREAD:  # all answers are equal: there is no spread to test against
        return ScoreTestResult(points, 1.0, stretch)
    error = sqrt(sums.variance * clustering.effect)
    skewness = sums.third_moment / sums.variance**1.5 * sqrt(clustering.effect)
    z = _normal_equivalent(sums.observed_minus_expected / error, skewness)
    if clustering.freedom is not None:
        z = student_to_normal(z, clustering.freedom)
    return ScoreTestResult(points, erfc(abs(z) / sqrt(2)), stretch)


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
    answers_now: float
    answers_before: float


_EMPTY_STRATUM = _StratumSums(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def _sum_strata(scale: Scale, strata: Sequence[Stratum]) -> _StratumSums:
    return _StratumSums(*map(sum, zip(_EMPTY_STRATUM, *(_stratum_sums(scale, *each) for each in strata), strict=True)))


def _stratum_sums(scale: Scale, now: AnswerCounts, before: AnswerCounts) -> _StratumSums:
    a, b = sum_contributions(scale, now), sum_contributions(scale, before)
    pool = a + b
    if not pool.n:
        return _EMPTY_STRATUM
    weight, mean, third_moment = a.n * b.n / pool.n, pool.total / pool.n, 0.0
    # The third moment of a sum drawn without replacement; it needs three answers.
    if weight and pool.n > 2:
        x = _contributions(scale)
        cubes = sum(n * (x[value] - mean) ** 3 for side in (now, before) for value, n in side.items())
        third_moment = cubes * weight * (b.n - a.n) / ((pool.n - 1) * (pool.n - 2))
    freedom, variance = pool.n - 1, pool.variance
    return _StratumSums(
        observed_minus_expected=a.total - a.n * mean,
        weight=weight,
        variance=variance * weight,
        third_moment=third_moment,
        residual_squares=variance * freedom,
        degrees_of_freedom=freedom,
        answers_now=a.n,
        answers_before=b.n,
    )


@cache
def _contributions(scale: Scale) -> Mapping[int, float]:
    return {value: contribution(scale, value) for value in scale.spec.values}


def measure_clustering(scale: Scale, strata: Sequence[Stratum], people: tuple[PeopleSums, PeopleSums]) -> Clustering:
    """Return by how much the people behind the answers widen the test of these strata (Kish 1965, design effect).

    The variance of the difference between the means of person-days, clustered by person, is divided by the variance
    that the answers would give if all were independent; never below 1. The spread of person-days and the likeness of
    one person's days are estimated from both sides together: a side with few people could not tell them, and one
    where everybody happens to agree would seem to be certain.

    Its limits: one factor for all touchpoints of a stage; who answers on both sides counts as two people, and
    differences between touchpoints are part of the spread of person-days. Both make the test a little cautious.
    """
    days = [side.sums.n for side in people]
    answers = [sum(sum(stratum[side].values()) for stratum in strata) for side in (0, 1)]
    if min(*days, *answers) < 1 or sum(days) < 3:
        return Clustering()
    if all(is_simple_sample(side, n) for side, n in zip(people, answers, strict=True)):
        return Clustering()
    sums = _sum_strata(scale, strata)
    if sums.residual_squares < NO_SPREAD:
        return Clustering()
    spread = sum(_residual_squares(side) for side in people) / (sum(days) - 2)
    likeness = _likeness(people, spread)
    variances = [spread / side.sums.n + likeness * _pairs(side) / side.sums.n**2 for side in people]
    independent = sums.residual_squares / sums.degrees_of_freedom * sum(1 / n for n in answers)
    freedom = sum(side.sums.n**2 / max(side.clusters.days_squares, side.sums.n) for side in people) - 2
    return Clustering(max(1.0, sum(variances) / independent), max(1.0, freedom))


def _residual_squares(side: PeopleSums) -> float:
    return max(0.0, unclustered_squares(side.sums))


def _pairs(side: PeopleSums) -> float:
    """Return the number of ordered pairs of two days of one person."""
    return max(0.0, side.clusters.days_squares - side.sums.n)


def _likeness(people: tuple[PeopleSums, PeopleSums], spread: float) -> float:
    """Return the covariance of two days of one person, from 0 to the variance of a day."""
    products, pairs = 0.0, sum(map(_pairs, people))
    if pairs < 1:
        return 0.0
    for side in people:
        n, c = side.sums.n, side.clusters.people
        if c > 1 and n > 1:
            # Deviations from a mean of few are too small: the usual factors c/(c − 1) and n/(n − 1) undo it.
            products += clustered_squares(side) * c / (c - 1) - _residual_squares(side) * n / (n - 1)
    return min(spread, max(0.0, products / pairs))


def _normal_equivalent(z: float, skewness: float) -> float:
    """Return the normal deviate whose tail is that of a standardised gamma distribution; beyond its end, ``z``."""
    if abs(skewness) > 1e-6 and 1 + skewness * z / 2 > 0:
        return 6 / skewness * (cbrt(1 + skewness * z / 2) - 1) + skewness / 6
    return z


def student_to_normal(t: float, freedom: float) -> float:
    """Return the normal deviate whose tail is that of Student's t, within a hundredth (Wallace 1959)."""
    size = sqrt(freedom * log1p(t * t / freedom)) * (8 * freedom + 1) / (8 * freedom + 3)
    return size if t >= 0 else -size


def chi_squared_tail(statistic: float, freedom: int) -> float:
    """Return the chance of a chi-squared value at least as great (Wilson & Hilferty 1931)."""
    if freedom < 1 or statistic <= 0:
        return 1.0
    spread = 2 / (9 * freedom)
    return erfc((cbrt(statistic / freedom) - 1 + spread) / sqrt(spread) / sqrt(2)) / 2


def benjamini_hochberg(p_values: Sequence[float], q: float = 0.05) -> tuple[bool, ...]:
    """Return for each of many tests whether it is a finding, with on average at most the share ``q`` of findings false.

    Benjamini & Hochberg 1995. When the figures are independent or move together, and nothing really changed, the
    chance of any false alarm at all is at most ``q``.
    """
    ordered = sorted(p_values)
    passing = [p for rank, p in enumerate(ordered, start=1) if p <= q * rank / len(ordered)]
    limit = max(passing, default=-1.0)
    return tuple(p <= limit for p in p_values)
