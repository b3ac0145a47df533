"""Intervals at 95 %, each computed from sums of contributions.

* Every interval lies inside the scale and contains the figure.
* No interval has zero width, however few or equal the answers are.
"""

from math import sqrt
from statistics import NormalDist

from cjm.figures.contributions import ContributionSums
from cjm.scales import Scale

Z95 = NormalDist().inv_cdf(0.975)  # the normal quantile of a two-sided 95 % interval


def wilson_interval(p: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of a share ``p`` (0…1) of ``n``, in 0…1 (Wilson 1927).

    ``n`` may be an effective sample size. Without answers (n ≤ 0) the interval is all of 0…1.
    """
    if n <= 0:
        return 0.0, 1.0
    p = min(1.0, max(0.0, p))
    centre = p + z * z / (2 * n)
    half_width = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    shrink = 1 + z * z / n
    # At p = 0 and p = 1 rounding would leave the share just outside of its own interval.
    return max(0.0, min(p, (centre - half_width) / shrink)), min(1.0, max(p, (centre + half_width) / shrink))


def effective_sample_size(sums: ContributionSums, answers: int) -> float:
    """Return how many independent answers a share over person-days is worth: n·p(1−p)/s², from n to ``answers``.

    A person with eight answers says more than one with a single answer, but not eight times as much (Kish 1965, the
    design effect). With s = 0 the size is n: ten people who agree are no more than ten people. Its weak corner is few
    people with many answers each: for ten with eight, Wilson's interval covers 93 %, and 89 % for shares near 0.1 and
    0.9.
    """
    p = min(1.0, max(0.0, sums.total / sums.n))
    variance = sums.variance
    if variance < 1e-12:  # all person-days are equal; the remainder is rounding
        return float(sums.n)
    return min(float(max(answers, sums.n)), max(float(sums.n), sums.n * p * (1 - p) / variance))


def adjusted_wald_interval(sums: ContributionSums, z: float = Z95) -> tuple[float, float]:
    """Return the interval of a mean of contributions −1, 0, +1 (NPS, expectation), in −1…1.

    Three people are added, three quarters of a promoter and of a detractor among them (n + 3, P + 0.75, D + 0.75;
    Lewis & Sauro 2021, after Agresti & Min 2005): Σx² grows by 1.5, Σx stays. Computed from sums, it also holds for
    person-days, whose x lie anywhere in −1…1, and needs no effective sample size: Σx² contains the spread between
    people.
    """
    return _interval_with_prior(sums, ContributionSums(3, 0.0, 1.5), (-1.0, 1.0), z, divisor=0)


def mean_interval(scale: Scale, sums: ContributionSums) -> tuple[float, float]:
    """Return the interval of a mean of raw values, in the scale's own values.

    Two pseudo-observations are spread evenly over the k values of the scale (2/k on each, the weight of a flat prior),
    then Student's interval of the n + 2 is taken: mean ± t(n + 1)·s/√(n + 2), s² with divisor n + 1. With the normal
    quantile, coverage would be only 90 % at n = 10 for answers at both ends of the scale; a plain t-interval covers
    65 % when nine in ten answer five. ``tests/cjm/figures/test_coverage.py`` computes these figures.
    """
    values = scale.spec.values
    prior = ContributionSums(2, 2 * sum(values) / len(values), 2 * sum(v * v for v in values) / len(values))
    return _interval_with_prior(sums, prior, scale.spec.bounds, student_quantile(sums.n + 1), divisor=1)


def _interval_with_prior(
    sums: ContributionSums, prior: ContributionSums, bounds: tuple[float, float], quantile: float, *, divisor: int
) -> tuple[float, float]:
    """Return mean ± quantile · standard error of sums and prior together; the variance is divided by n − divisor."""
    n = sums.n + prior.n
    centre = (sums.total + prior.total) / n
    variance = max(0.0, (sums.squares + prior.squares) / n - centre * centre)
    half_width = quantile * sqrt(variance / (n - divisor))
    # The prior pulls the centre inwards: a figure at an end of the scale would else lie outside of its interval.
    value = sums.total / sums.n if sums.n else centre
    low, high = min(value, centre - half_width), max(value, centre + half_width)
    return max(bounds[0], low), min(bounds[1], high)


def student_quantile(df: float, z: float = Z95) -> float:
    """Return Student's quantile for ``df`` ≥ 2 degrees of freedom from the normal quantile ``z``.

    The expansion of Hill (1970; Abramowitz & Stegun 26.7.5). It is off by less than 0.001 from six degrees of freedom
    on, the fewest of any figure that is shown with the default minimum of five people.
    """
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / df + g2 / df**2 + g3 / df**3 + g4 / df**4
