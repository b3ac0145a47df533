"""Intervals at 95 %, each from sums of contributions.

Every interval here is inside the scale, holds the value and is never of no width.
"""

from math import sqrt
from statistics import NormalDist

from cjm.figures.contributions import ContributionSums
from cjm.scales import Scale

Z95 = NormalDist().inv_cdf(0.975)


def wilson_interval(p: float, n: float, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share ``p`` (0…1) of ``n``, in 0…1 (Wilson 1927; ``n`` may be an effective one).

    Without anybody (n ≤ 0) it is all of 0…1.
    """
    if n <= 0:
        return 0.0, 1.0
    p = min(1.0, max(0.0, p))
    centre = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    by = 1 + z * z / n
    return max(0.0, min(p, (centre - half) / by)), min(1.0, max(p, (centre + half) / by))


def effective_sample_size(sums: ContributionSums, answers: int) -> float:
    """How many independent answers a share over person-days is worth: n·p(1−p)/s², held between n and ``answers``.

    A person with eight answers says more than one with a single answer, but not eight times as much (Kish 1965, the
    design effect). When s = 0 it is n: that ten people agree is no more than ten people. Few people with many answers
    each are its weak corner: ten with eight, Wilson's interval covers 93 %, and 89 % for shares near 0.1 and 0.9.
    """
    p = min(1.0, max(0.0, sums.total / sums.n))
    spread = sums.variance
    if spread < 1e-12:  # equal person-days; what is left after taking sums apart is rounding
        return float(sums.n)
    return min(float(max(answers, sums.n)), max(float(sums.n), sums.n * p * (1 - p) / spread))


def adjusted_wald_interval(sums: ContributionSums, z: float = Z95) -> tuple[float, float]:
    """The interval of a mean of contributions −1, 0, +1 (NPS, expectation), in −1…1.

    Three people are added, three quarters of a promoter and of a detractor among them (n + 3, P + 0.75, D + 0.75;
    Lewis & Sauro 2021, after Agresti & Min 2005): Σx² + 1.5, Σx as it was. By sums it also holds for person-days, whose
    x lie anywhere in −1…1, and needs no effective n: Σx² has the spread between people in it.
    """
    return _interval_with_prior(sums, ContributionSums(3, 0.0, 1.5), (-1.0, 1.0), z, divisor=0)


def mean_interval(scale: Scale, sums: ContributionSums) -> tuple[float, float]:
    """The interval of a mean of raw values, in the scale's own values.

    Two pseudo-observations are spread evenly over the k values of the scale (2/k on each, the weight of a flat prior),
    then Student's interval of the n + 2: mean ± t(n + 1)·s/√(n + 2), s² with divisor n + 1. The normal quantile would
    cover answers at both ends of the scale in 90 % only at n = 10; a plain t-interval covers 65 % when nine in ten say
    five. ``tests/cjm/figures/test_coverage.py`` has the figures.
    """
    legal = scale.spec.values
    prior = ContributionSums(2, 2 * sum(legal) / len(legal), 2 * sum(v * v for v in legal) / len(legal))
    return _interval_with_prior(sums, prior, scale.spec.bounds, student_quantile(sums.n + 1), divisor=1)


def _interval_with_prior(
    sums: ContributionSums, prior: ContributionSums, within: tuple[float, float], quantile: float, *, divisor: int
) -> tuple[float, float]:
    n = sums.n + prior.n
    centre = (sums.total + prior.total) / n
    spread = max(0.0, (sums.squares + prior.squares) / n - centre * centre)
    half = quantile * sqrt(spread / (n - divisor))
    value = sums.total / sums.n if sums.n else centre
    low, high = min(value, centre - half), max(value, centre + half)
    return max(within[0], low), min(within[1], high)


def student_quantile(df: float, z: float = Z95) -> float:
    """Student's quantile from the normal one, df ≥ 2 (Hill 1970's expansion; Abramowitz & Stegun 26.7.5).

    Off by less than 0.001 from six degrees of freedom on, the fewest of a figure that is shown.
    """
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / df + g2 / df**2 + g3 / df**3 + g4 / df**4
