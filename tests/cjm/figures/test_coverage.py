"""Coverage of the 95 % intervals: how often they contain the truth, over a named grid of truths and sizes.

Touchpoints are exact: every possible outcome is weighted with its probability, and the product's own function gives
the interval. Stages are simulated with fixed seeds (people differ, and each answers once or several times).
Run with ``-s`` to see the figures: ``pytest -n0 -s tests/cjm/figures/test_coverage.py``.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from cjm.figures.contributions import ContributionSums
from cjm.figures.intervals import adjusted_wald_interval, mean_interval, wilson_interval
from cjm.figures.score import score_of_person_days
from cjm.scales import Scale

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
    return pairs, [adjusted_wald_interval(ContributionSums(n, p - d, p + d)) for p, d in pairs.tolist()]


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
            sums = ContributionSums(n, total + n * least, squares + 2 * least * total + n * least * least)
            known[key] = mean_interval(scale, sums)
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


# ---- stages: person-days


def simulate_people(
    random: np.random.Generator, chances: Sequence[float], alike: float, size: tuple[int, int, int]
) -> Floats:
    """Return how often each kind was answered, by repeat and person-day; ``size`` is repeats, person-days, answers.

    ``alike`` (0…1) is the correlation of two answers of one person.
    """
    repeats, n, answers = size
    weights = np.asarray(chances) * (1 - alike) / alike
    lot = random.standard_gamma(weights, (repeats, n, len(weights))) + 1e-12
    return random.multinomial(answers, lot / lot.sum(axis=2, keepdims=True)).astype(float)


def stage_coverage(
    scale: Scale, contributions: Sequence[float], chances: Sequence[float], *, n: int, answers: int
) -> list[float]:
    by = 100.0 if scale in (Scale.CSAT, Scale.NPS) else 1.0
    truth = by * float(np.dot(contributions, chances))
    coverage = []
    for seed, alike in enumerate((0.05, 0.3, 0.8)):
        x = (
            simulate_people(np.random.default_rng(seed), chances, alike, (1500, n, answers))
            @ np.array(contributions)
            / answers
        )
        scores = (
            score_of_person_days(scale, n=n, total=t, squares=q, raw_total=t, answers=n * answers)
            for t, q in zip(x.sum(axis=1).tolist(), (x * x).sum(axis=1).tolist(), strict=True)
        )
        intervals = [(s.low or 0.0, s.high or 0.0) for s in scores]
        coverage.append(float(contains(intervals, truth).mean()))
    return coverage


SHARE_TRUTHS = [(p, 1 - p) for p in (0.1, 0.3, 0.5, 0.9)]
STAGE_NPS_TRUTHS = [(0.5, 0.3, 0.2), (0.8, 0.1, 0.1), (0.3, 0.4, 0.3)]
STAGE_MEAN_TRUTHS = [MEAN_TRUTHS["nine in ten at the top"], MEAN_TRUTHS["rising"]]


@pytest.mark.parametrize(
    ("n", "answers", "least"),
    [(10, 1, 0.91), (10, 8, 0.87), (20, 8, 0.89), (30, 3, 0.91), (30, 8, 0.91), (100, 3, 0.91)],
)
def test_an_interval_of_a_stage_holds_the_truth_however_often_each_person_was_asked(
    n: int, answers: int, least: float
) -> None:
    """Shares of few people with many answers each are the weak corner: s² of ten people is itself uncertain."""
    share = [stage_coverage(Scale.CSAT, [1, 0], truth, n=n, answers=answers) for truth in SHARE_TRUTHS]
    nps = [stage_coverage(Scale.NPS, [1, 0, -1], truth, n=n, answers=answers) for truth in STAGE_NPS_TRUTHS]
    mean = [
        stage_coverage(Scale.EMOTION, [-2, -1, 0, 1, 2], truth, n=n, answers=answers) for truth in STAGE_MEAN_TRUTHS
    ]
    for what, found, floor in (("share", share, least), ("NPS", nps, 0.91), ("mean", mean, 0.93)):
        coverage = report_coverage(f"stage {what}, n = {n}, {answers} answers each", np.ravel(found))
        assert 0.925 <= coverage.mean() <= 0.995
        assert coverage.min() >= floor


def test_pooling_a_stages_answers_would_not_do() -> None:
    x = simulate_people(np.random.default_rng(3), [0.5, 0.5], 0.3, (2000, 30, 8))[:, :, 0] / 8
    pooled = [wilson_interval(float(p), 240) for p in x.mean(axis=1)]
    assert contains(pooled, 0.5).mean() < 0.80
