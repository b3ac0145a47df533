"""Intervals at 95 %, each computed from a mean, a mean square and how many independent answers they are worth.

* Every interval lies inside the scale and contains the figure.
* No interval has zero width, however few or equal the answers are.
"""

from functools import lru_cache
from math import atan, cos, exp, pi, sin, sqrt
from statistics import NormalDist

from cjm.scales import Scale

Z95 = NormalDist().inv_cdf(0.975)  # the normal quantile of a two-sided 95 % interval
_COVERAGE = 0.95
_MOST_EXACT = 100  # events from which on Byar's form of the Poisson interval is right to four digits
_MOST_SERIES = 30  # degrees of freedom from which on the expansion is right to seven digits


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


def adjusted_wald_interval(mean: float, square: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Return the interval of a mean of contributions −1, 0, +1 (NPS, expectation), in −1…1.

    ``square`` is the mean of their squares: P + D, the shares of promoters and detractors. Three answers are added,
    three quarters of a promoter and of a detractor among them (n + 3, P + 0.75, D + 0.75; Lewis & Sauro 2021, after
    Agresti & Min 2005). ``n`` may be an effective sample size.
    """
    size = n + 3
    centre = mean * n / size
    variance = max(0.0, (square * n + 1.5) / size - centre * centre)
    return _bounded_interval(mean, centre, z * sqrt(variance / size), (-1.0, 1.0))


def poisson_interval(events: int) -> tuple[float, float]:
    """Return the interval of the number of events that is expected where ``events`` were counted (Garwood 1936).

    It is exact, and so a little wide where events are few. Above a hundred of them Byar's form is used (Breslow & Day
    1987, volume II, 2.10), which agrees with it to four digits.
    """
    if events > _MOST_EXACT:
        return _byar_limit(events, -Z95), _byar_limit(events + 1, Z95)
    return (_solve_poisson(events - 1, 0.975) if events > 0 else 0.0), _solve_poisson(events, 0.025)


def _byar_limit(events: int, z: float) -> float:
    return events * (1 - 1 / (9 * events) + z / (3 * sqrt(events))) ** 3


@lru_cache(maxsize=2 * _MOST_EXACT)
def _solve_poisson(most: int, chance: float) -> float:
    """Return the expectation at which ``most`` events or fewer have this chance, by bisection."""
    low, high = 0.0, 2.0 * most + 20
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _poisson_chance(most, middle) > chance else (low, middle)
    return (low + high) / 2


def _poisson_chance(most: int, expected: float) -> float:
    """Return the chance of ``most`` events or fewer."""
    term = total = exp(-expected)
    for n in range(1, most + 1):
        term *= expected / n
        total += term
    return total


def mean_interval(scale: Scale, mean: float, square: float, n: float, quantile: float) -> tuple[float, float]:
    """Return the interval of a mean of raw values, in the scale's own values; ``square`` is their mean square.

    Two pseudo-observations are spread evenly over the k values of the scale (2/k on each, the weight of a flat prior),
    then Student's interval of the n + 2 is taken: mean ± quantile·s/√(n + 2), s² with divisor n + 1. With a normal
    quantile, coverage would be only 90 % at n = 10 for answers at both ends of the scale; a plain t-interval covers
    65 % when nine in ten answer five. ``tests/cjm/figures/test_coverage.py`` computes these figures.
    """
    values, size = scale.spec.values, n + 2
    centre = (n * mean + 2 * sum(values) / len(values)) / size
    variance = (n * square + 2 * sum(v * v for v in values) / len(values)) / size - centre * centre
    return _bounded_interval(mean, centre, quantile * sqrt(max(0.0, variance) / (size - 1)), scale.spec.bounds)


def _bounded_interval(
    value: float, centre: float, half_width: float, bounds: tuple[float, float]
) -> tuple[float, float]:
    """Return centre ± half width within the scale.

    What is added pulls the centre inwards: a figure at an end of the scale would else lie outside of its interval.
    """
    low, high = min(value, centre - half_width), max(value, centre + half_width)
    return max(bounds[0], low), min(bounds[1], high)


def student_quantile(df: float) -> float:
    """Return Student's two-sided 95 % quantile, right to four digits from one degree of freedom on.

    A fraction of a degree is rounded down, so that the interval is a little wider. From 30 degrees on the expansion of
    Hill (1970; Abramowitz & Stegun 26.7.5) is used; below, where it is wrong by up to 15 %, the finite series of the
    distribution (26.7.3 and 26.7.4) is solved.
    """
    return _solve_series(max(1, int(df))) if df < _MOST_SERIES else _expand_quantile(df)


def _expand_quantile(df: float, z: float = Z95) -> float:
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / df + g2 / df**2 + g3 / df**3 + g4 / df**4


@lru_cache(maxsize=_MOST_SERIES)
def _solve_series(df: int) -> float:
    """Return the quantile by bisection between the normal one and that of one degree of freedom."""
    low, high = Z95, 13.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if _student_coverage(middle, df) > _COVERAGE else (middle, high)
    return (low + high) / 2


def _student_coverage(t: float, df: int) -> float:
    """Return the chance that Student's variable lies between −t and t, for a whole number of degrees of freedom."""
    angle = atan(t / sqrt(df))
    is_odd = df % 2
    term = cos(angle) if is_odd else 1.0
    total = term if df > 1 else 0.0
    for k in range(2 + is_odd, df - 1, 2):
        term *= cos(angle) ** 2 * (k - 1) / k
        total += term
    return 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total
