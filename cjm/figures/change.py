"""Whether a figure changed beyond noise: one interval of a difference, one test, one correction for asking often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cbrt, erfc, hypot, sqrt
from typing import NamedTuple

from cjm.figures.contributions import ContributionSums, sum_contributions
from cjm.figures.intervals import Z95
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale, contribution

AnswerCounts = Mapping[int, int]
Stratum = tuple[AnswerCounts, AnswerCounts]
"""Answers to one question at one touchpoint by raw value: in the week, and in the base before it."""


def compare_scores(now: Score, before: Score | None) -> FigureChange:
    """The difference now − before, in the headline's unit, with its 95 % interval.

    The two intervals are squared and added: Newcombe's hybrid score interval (1998, method 10) when both are
    Wilson's, with effective n at a stage; for other figures the same rule holds of any two good intervals (Zou &
    Donner 2008, MOVER). Unknown, without figures, when either side is missing or may not be judged. It looks at two
    figures only: use :func:`shift` where the mix of touchpoints may have changed.
    """
    if before is None or now.verdict is not Verdict.OK or before.verdict is not Verdict.OK:
        return FigureChange(ChangeDirection.UNKNOWN)
    value, low, high = _value_and_interval(now)
    value_0, low_0, high_0 = _value_and_interval(before)
    points = value - value_0
    least, most = points - hypot(value - low, high_0 - value_0), points + hypot(high - value, value_0 - low_0)
    return FigureChange(change_direction(least, most), points, least, most)


def change_direction(low: float, high: float) -> ChangeDirection:
    """What an interval of a difference says; on every scale more is better."""
    if low > 0:
        return ChangeDirection.BETTER
    return ChangeDirection.WORSE if high < 0 else ChangeDirection.SAME


def _value_and_interval(score: Score) -> tuple[float, float, float]:
    if score.value is None or score.low is None or score.high is None:
        raise ValueError("a score that may be judged has a value and an interval")
    return score.value, score.low, score.high


@dataclass(frozen=True, slots=True)
class ScoreTestResult:
    """A difference week − base within touchpoints, in the headline's unit, its 95 % interval, and the test's p."""

    points: float
    low: float
    high: float
    p_value: float


def mantel_score_test(
    scale: Scale, strata: Sequence[Stratum], people: tuple[ContributionSums, ContributionSums] | None = None
) -> ScoreTestResult:
    """The mean score test of week against base, within each stratum (Mantel 1963; Landis, Heyman & Koch 1978).

    Each stratum's sum of contributions in the week is compared with what drawing as many from the stratum's pool
    would give, so that asking more at a weak touchpoint is no change; a stratum with one empty side says nothing.
    ``points`` are the strata's differences weighted by n·m/(n + m), as Mantel and Haenszel do. With one stratum and
    a share this is the N − 1 chi-squared test (Campbell 2007).

    The statistic is skewed when a small week meets a satisfied base, and the normal tail would then cry wolf up to
    five times too often; so its exact third moment is used through a gamma distribution (Pearson's type III, as for
    permutation tests in Mielke & Berry 2007) by Wilson & Hilferty's cube root (1931).

    ``people`` are the person-days of the same stage, week and base. They widen the test by the design effect (Kish
    1965) Var(mean of person-days) ÷ Var(mean of as many free answers), never below 1. Its limits: one design effect
    for all touchpoints of the stage; a customer met on two days counts twice; differences between touchpoints are
    in the spread of person-days, so it is a little cautious where each person is asked about another touchpoint.
    """
    found = _StratumSums(*map(sum, zip(_EMPTY_STRATUM, *(_stratum_sums(scale, *each) for each in strata), strict=True)))
    by = scale.spec.unit_factor
    if not found.weight:  # nobody on one side
        return ScoreTestResult(0.0, 0.0, 0.0, 1.0)
    points = by * found.observed_minus_expected / found.weight
    if found.variance < 1e-12:  # everybody said the same
        return ScoreTestResult(points, points, points, 1.0)
    effect = _design_effect(found, people)
    error = sqrt(found.variance * effect)
    half = by * Z95 * error / found.weight
    p = _two_sided_p_value(
        found.observed_minus_expected / error, found.third_moment / found.variance**1.5 * sqrt(effect)
    )
    return ScoreTestResult(points, points - half, points + half, p)


class _StratumSums(NamedTuple):
    """What strata say, added up: the gap between week and what its pool would give, its moments, and the spread."""

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
    weight, mean, third = a.n * b.n / pool.n, pool.total / pool.n, 0.0
    if weight and pool.n > 2:
        cubes = sum(n * (contribution(scale, value) - mean) ** 3 for side in (week, base) for value, n in side.items())
        third = cubes * weight * (b.n - a.n) / ((pool.n - 1) * (pool.n - 2))
    free = pool.n - 1
    spread = pool.variance
    return _StratumSums(a.total - a.n * mean, weight, spread * weight, third, spread * free, free, a.n, b.n)


def _design_effect(found: _StratumSums, people: tuple[ContributionSums, ContributionSums] | None) -> float:
    if people is None or min(side.n for side in people) < 2:
        return 1.0
    week, base = people
    pooled = (week.variance * (week.n - 1) + base.variance * (base.n - 1)) / (week.n + base.n - 2)
    free = found.residual_squares / found.degrees_of_freedom * (1 / found.week_answers + 1 / found.base_answers)
    return max(1.0, pooled * (1 / week.n + 1 / base.n) / free)


def _two_sided_p_value(z: float, skew: float) -> float:
    """Twice the smaller tail of a standardised gamma of this skewness; beyond its end, the normal one."""
    if abs(skew) > 1e-6 and 1 + skew * z / 2 > 0:
        z = 6 / skew * (cbrt(1 + skew * z / 2) - 1) + skew / 6
    return erfc(abs(z) / sqrt(2))


def benjamini_hochberg(p_values: Sequence[float], q: float = 0.05) -> tuple[bool, ...]:
    """Which of many tests are findings, when of the findings at most the share ``q`` may be false.

    Benjamini & Hochberg 1995. When figures are independent, or move together, and nothing really changed, the chance
    of any false alarm at all is ``q``.
    """
    ordered = sorted(p_values)
    passing = [p for rank, p in enumerate(ordered, start=1) if p <= q * rank / len(ordered)]
    limit = max(passing, default=-1.0)
    return tuple(p <= limit for p in p_values)
