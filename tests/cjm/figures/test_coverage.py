"""Coverage of the 95 % intervals: how often they contain the truth, over a named grid of truths and sizes.

Touchpoints are exact: every possible outcome is weighted with its probability, and the product's own function gives
the interval. People who come back are simulated with fixed seeds.
Run with ``-s`` to see the figures: ``pytest -n0 -s tests/cjm/figures/test_coverage.py``.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from cjm.figures.intervals import adjusted_wald_interval, mean_interval, student_quantile, wilson_interval
from cjm.scales import Scale
from tests.cjm.figures.clustered_coverage import GRID, TRUTHS, Counting, Sampling, measure_coverage, measure_grid

Floats = NDArray[np.float64]
Interval = tuple[float, float]

SIZES = (10, 12, 15, 20, 30, 50, 100, 300)
TENTHS = [round(0.1 * k, 1) for k in range(1, 10)]
NPS_TRUTHS = [(p, d) for p in TENTHS for d in TENTHS if p + d < 0.95]  # promoters, detractors; passives 0.1 or more
MEAN_TRUTHS: dict[str, tuple[float, ...]] = {  # from the lowest value on; a longer scale splits the middle
    "nine in ten at the top": (0.025, 0.025, 0.025, 0.025, 0.9),
    "nineteen in twenty at the top": (0.01, 0.01, 0.01, 0.02, 0.95),
    "eight in ten at the top": (0.05, 0.05, 0.05, 0.05, 0.8),
    "top or bottom, 9 to 1": (0.1, 0, 0, 0, 0.9),
    "top or bottom, 4 to 1": (0.2, 0, 0, 0, 0.8),
    "top or bottom, even": (0.45, 0.05, 0, 0.05, 0.45),
    "mostly at the bottom": (0.85, 0.05, 0.04, 0.03, 0.03),
    "rising": (0.05, 0.05, 0.1, 0.3, 0.5),
    "good, few extremes": (0.02, 0.03, 0.1, 0.45, 0.4),
    "nine in ten in the middle": (0.025, 0.025, 0.9, 0.025, 0.025),
    "even over the scale": (0.2, 0.2, 0.2, 0.2, 0.2),
}


def report_coverage(what: str, coverage: Sequence[float] | Floats) -> Floats:
    found = np.asarray(coverage)
    print(f"{what}: mean {found.mean():.4f}, least {found.min():.4f}")  # noqa: T201 - asked for with -s
    return found


def contains(intervals: Sequence[Interval], truth: float) -> Floats:
    low, high = np.asarray(intervals).T
    return np.where((low <= truth + 1e-9) & (truth <= high + 1e-9), 1.0, 0.0)


# ---- shares


def share_coverage(n: int, truths: Sequence[float]) -> Floats:
    outcomes = np.arange(n + 1)
    intervals = [wilson_interval(k / n, n) for k in range(n + 1)]
    return np.array([stats.binom.pmf(outcomes, n, p) @ contains(intervals, p) for p in truths])


@pytest.mark.parametrize("n", SIZES)
def test_an_interval_of_a_share_holds_the_truth_as_often_as_it_says(n: int) -> None:
    coverage = report_coverage(f"share, n = {n}", share_coverage(n, np.linspace(0.1, 0.9, 801).tolist()))
    assert 0.94 <= coverage.mean() <= 0.97
    assert coverage.min() >= 0.91


# ---- NPS


def nps_outcomes(n: int) -> tuple[NDArray[np.int64], list[Interval]]:
    pairs = np.array([(p, d) for p in range(n + 1) for d in range(n + 1 - p)])
    return pairs, [adjusted_wald_interval((p - d) / n, (p + d) / n, n) for p, d in pairs.tolist()]


@pytest.mark.parametrize("n", [n for n in SIZES if n <= 100])
def test_an_interval_of_nps_holds_the_truth_as_often_as_it_says(n: int) -> None:
    pairs, intervals = nps_outcomes(n)
    counts = np.column_stack([pairs, n - pairs.sum(axis=1)])
    coverage = report_coverage(
        f"NPS, n = {n}",
        [stats.multinomial.pmf(counts, n, [p, d, 1 - p - d]) @ contains(intervals, p - d) for p, d in NPS_TRUTHS],
    )
    assert 0.94 <= coverage.mean() <= 0.97
    assert coverage.min() >= 0.91


# ---- means


def distribution_of_sums(n: int, chances: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return every possible (Σk, Σk²) of n answers k = 0, 1 … with its probability.

    The distribution of a sum is a power of the distribution of one answer, taken by Fourier transform.
    """
    top = len(chances) - 1
    shape = (1 << (n * top).bit_length(), 1 << (n * top * top).bit_length())
    one = np.zeros(shape)
    for k, chance in enumerate(chances):
        one[k, k * k] += chance
    law = np.fft.irfft2(np.fft.rfft2(one) ** n, shape)
    where = np.nonzero(law > 1e-9)
    return np.column_stack(where), law[where]


def stretch_chances(scale: Scale, five: Sequence[float]) -> Floats:
    extra = len(scale.spec.values) - 5
    return np.array([*five[:2], *[five[2] / (extra + 1)] * (extra + 1), *five[3:]])


@pytest.fixture(scope="module")
def cached_interval() -> Callable[[Scale, int, int, int], Interval]:
    """Return a function that gives the interval for sums of answers counted from 0, computing each once."""
    known: dict[tuple[Scale, int, int, int], Interval] = {}

    def interval(scale: Scale, n: int, total: int, squares: int) -> Interval:
        key = (scale, n, total, squares)
        if key not in known:
            least = scale.spec.values[0]
            square = (squares + 2 * least * total) / n + least * least
            known[key] = mean_interval(scale, total / n + least, square, n, student_quantile(n + 1))
        return known[key]

    return interval


@pytest.mark.parametrize("n", [10, 15, 20, 30, 50])
@pytest.mark.parametrize("scale", [Scale.EMOTION, Scale.CES])
def test_an_interval_of_a_mean_holds_the_truth_however_skewed_the_answers_are(
    scale: Scale, n: int, cached_interval: Callable[[Scale, int, int, int], Interval]
) -> None:
    coverage = []
    for five in MEAN_TRUTHS.values():
        chances = stretch_chances(scale, five)
        outcomes, law = distribution_of_sums(n, chances)
        intervals = [cached_interval(scale, n, total, squares) for total, squares in outcomes.tolist()]
        coverage.append(float(law @ contains(intervals, float(chances @ np.array(scale.spec.values)))))
    found = report_coverage(f"mean on {scale}, n = {n}", coverage)
    assert found.min() >= 0.93
    assert found.mean() >= 0.95


def test_a_plain_t_interval_would_not_do() -> None:
    outcomes, law = distribution_of_sums(10, np.array(MEAN_TRUTHS["nine in ten at the top"]))
    mean = outcomes[:, 0] / 10
    half = stats.t.ppf(0.975, 9) * np.sqrt(np.maximum(0, outcomes[:, 1] / 10 - mean**2) / 9)
    plain = np.column_stack([mean - half, mean + half]).tolist()
    assert law @ contains(plain, 3.75) < 0.70
    assert law[half < 1e-9].sum() > 0.33


# ---- people who come back: stages, and touchpoints on several days

QUICK = [truth for truth in TRUTHS if truth.scale in (Scale.CSAT, Scale.NPS, Scale.EMOTION)]
WEAKEST = [cell for cell in GRID if cell.people == min(each.people for each in GRID) and cell.days * cell.answers > 4]


@pytest.mark.parametrize("count", [Counting.EXACTLY, Counting.BY_GAPS])
def test_an_interval_holds_the_truth_however_often_the_same_people_come_back(count: Counting) -> None:
    """A quick look at the weakest cells; ``python -m tests.bench`` draws each cell of the grid 8,000 times."""
    found = measure_grid(QUICK, WEAKEST, 500, count)
    report_coverage(f"people who come back, counted {count}", found)
    assert 0.94 <= found.mean() <= 0.98
    assert found.min() >= 0.89 - 2 * 0.014  # two standard errors of the simulation


def test_counting_person_days_as_people_would_not_do() -> None:
    often = Sampling(likeness=0.5, days=10, answers=1, people=50)
    assert measure_coverage(QUICK[0], often, 300, 1, Counting.AS_DAYS) < 0.70
    assert measure_coverage(QUICK[0], often, 300, 1, Counting.EXACTLY) > 0.92
