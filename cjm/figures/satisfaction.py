"""From counters to a figure that can be trusted: value, interval, n, and whether it may be judged.

An answer contributes ``unit(scale, value)`` to its scale's headline. A touchpoint is known by its counts of raw
values, a stage by n, Σx and Σx² of its person-days, x being the mean contribution of one person's answers of one day.
Every interval here follows from such sums, is inside the scale, holds the value and is never of no width.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from cjm.errors import AnswerError

Z95 = NormalDist().inv_cdf(0.975)


class Scale(StrEnum):
    """What is asked and on which values; the raw answer is always stored."""

    EMOTION = "emotion"  # -2 … +2
    CSAT = "csat"  # 1 … 5
    CES = "ces"  # 1 … 7, ease
    NPS = "nps"  # 0 … 10
    SUCCESS = "success"  # 0 no, 1 with trouble, 2 yes
    EXPECTATION = "expectation"  # -1 worse, 0 as expected, 1 better


class Headline(StrEnum):
    """What kind of figure a scale is summed up by."""

    SHARE = "share"  # % of favourable answers, 0 … 100
    MEAN = "mean"  # mean of the raw values
    DIFFERENCE = "difference"  # % favourable − % low, −100 … 100


class Verdict(StrEnum):
    """How much may be said of a figure."""

    OK = "ok"
    GREY = "grey"  # shown with its interval, not judged
    WITHHELD = "withheld"  # too few people: nobody is to be identifiable by it


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with what is known about it.

    ``value``, ``low`` and ``high`` are in the unit of the scale's headline (CSAT and success in % 0…100, NPS and
    expectation −100…100, emotion −2…2, CES 1…7); ``low`` and ``high`` are the 95 % interval. ``mean`` is the mean
    of the raw values. All of them are ``None`` when ``verdict`` is withheld. ``n`` counts people (person-days at a
    stage, visits at a touchpoint), ``answers`` counts answers. ``counts`` holds answers by raw value, where known.
    """

    n: int
    answers: int
    value: float | None
    low: float | None
    high: float | None
    mean: float | None
    counts: Mapping[str, int] | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ContributionSums:
    """n, Σx and Σx² of contributions (``unit``): of answers at a touchpoint, of person-days at a stage."""

    n: int
    total: float
    squares: float

    def __add__(self, other: "ContributionSums") -> "ContributionSums":
        return ContributionSums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    @property
    def variance(self) -> float:
        """The sample variance s² (divisor n − 1); 0 below two, and where moved counters leave it under 0."""
        if self.n < 2:
            return 0.0
        return max(0.0, self.squares - self.total**2 / self.n) / (self.n - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Law:
    values: range
    low: range
    favourable: range
    headline: Headline


_LAW: Mapping[Scale, _Law] = {
    Scale.EMOTION: _Law(values=range(-2, 3), low=range(-2, 0), favourable=range(1, 3), headline=Headline.MEAN),
    Scale.CSAT: _Law(values=range(1, 6), low=range(1, 3), favourable=range(4, 6), headline=Headline.SHARE),
    Scale.CES: _Law(values=range(1, 8), low=range(1, 4), favourable=range(5, 8), headline=Headline.MEAN),
    Scale.NPS: _Law(values=range(11), low=range(7), favourable=range(9, 11), headline=Headline.DIFFERENCE),
    Scale.SUCCESS: _Law(values=range(3), low=range(1), favourable=range(2, 3), headline=Headline.SHARE),
    Scale.EXPECTATION: _Law(
        values=range(-1, 2), low=range(-1, 0), favourable=range(1, 2), headline=Headline.DIFFERENCE
    ),
}
LOW: Mapping[Scale, range] = {scale: law.low for scale, law in _LAW.items()}  # bad enough to ask for a reason
FAVOURABLE: Mapping[Scale, range] = {scale: law.favourable for scale, law in _LAW.items()}


def values(scale: Scale) -> range:
    """The legal raw values, worst first: on every scale more is better."""
    return _LAW[scale].values


def headline(scale: Scale) -> Headline:
    """Whether the scale is summed up by a share, a mean or a difference of shares."""
    return _LAW[scale].headline


def bounds(scale: Scale) -> tuple[float, float]:
    """The least and the greatest the headline can be, in its unit."""
    match _LAW[scale].headline:
        case Headline.SHARE:
            return 0.0, 100.0
        case Headline.DIFFERENCE:
            return -100.0, 100.0
        case Headline.MEAN:
            return float(_LAW[scale].values[0]), float(_LAW[scale].values[-1])


def per_unit(scale: Scale) -> float:
    """From contributions to the headline's unit: 100 (per cent) for shares and differences, 1 for means."""
    return 1.0 if _LAW[scale].headline is Headline.MEAN else 100.0


def unit(scale: Scale, value: int) -> float:
    """What one answer contributes: 0 or 1 to a share, −1, 0 or 1 to a difference, itself to a mean.

    Raises :class:`~cjm.errors.AnswerError` for a value that is not on the scale.
    """
    legal = _LAW[scale].values
    if value not in legal:
        raise AnswerError(f"{scale} goes from {legal[0]} to {legal[-1]}, not {value}")
    if _LAW[scale].headline is Headline.MEAN:
        return float(value)
    good = 1.0 if value in FAVOURABLE[scale] else 0.0
    return good if _LAW[scale].headline is Headline.SHARE else good - (value in LOW[scale])


def favourable(scale: Scale, counts: Mapping[int, int]) -> float | None:
    """The share of favourable answers in % (CSAT 4–5, CES 5–7, NPS 9–10, emotion +1 and +2); None without answers."""
    answers = sum(counts.values())
    return 100.0 * sum(counts.get(value, 0) for value in FAVOURABLE[scale]) / answers if answers else None


def sums_of_counts(scale: Scale, counts: Mapping[int, int]) -> ContributionSums:
    """Counts of raw values → sums of contributions; ``AnswerError`` off the scale, ``ValueError`` below 0."""
    n, total, squares = 0, 0.0, 0.0
    for value, count in counts.items():
        if count < 0:
            raise ValueError(f"{scale}: {count} answers of {value}: a counter was moved below zero")
        x = unit(scale, value)
        n, total, squares = n + count, total + count * x, squares + count * x * x
    return ContributionSums(n, total, squares)


def wilson(p: float, n: float, z: float = Z95) -> tuple[float, float]:
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


def effective_n(sums: ContributionSums, answers: int) -> float:
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


def adjusted_wald(sums: ContributionSums, z: float = Z95) -> tuple[float, float]:
    """The interval of a mean of contributions −1, 0, +1 (NPS, expectation), in −1…1.

    Three people are added, three quarters of a promoter and of a detractor among them (n + 3, P + 0.75, D + 0.75;
    Lewis & Sauro 2021, after Agresti & Min 2005): Σx² + 1.5, Σx as it was. By sums it also holds for person-days, whose
    x lie anywhere in −1…1, and needs no effective n: Σx² has the spread between people in it.
    """
    return _around(sums, ContributionSums(3, 0.0, 1.5), (-1.0, 1.0), z, divisor=0)


def mean_interval(scale: Scale, sums: ContributionSums) -> tuple[float, float]:
    """The interval of a mean of raw values, in the scale's own values.

    Two pseudo-observations are spread evenly over the k values of the scale (2/k on each, the weight of a flat prior),
    then Student's interval of the n + 2: mean ± t(n + 1)·s/√(n + 2), s² with divisor n + 1. The normal quantile would
    cover answers at both ends of the scale in 90 % only at n = 10; a plain t-interval covers 65 % when nine in ten say
    five. ``tests/cjm/figures/test_coverage.py`` has the figures.
    """
    legal = _LAW[scale].values
    prior = ContributionSums(2, 2 * sum(legal) / len(legal), 2 * sum(v * v for v in legal) / len(legal))
    return _around(sums, prior, bounds(scale), student(sums.n + 1), divisor=1)


def _around(
    sums: ContributionSums, prior: ContributionSums, within: tuple[float, float], quantile: float, *, divisor: int
) -> tuple[float, float]:
    n = sums.n + prior.n
    centre = (sums.total + prior.total) / n
    spread = max(0.0, (sums.squares + prior.squares) / n - centre * centre)
    half = quantile * sqrt(spread / (n - divisor))
    value = sums.total / sums.n if sums.n else centre
    low, high = min(value, centre - half), max(value, centre + half)
    return max(within[0], low), min(within[1], high)


def student(df: float, z: float = Z95) -> float:
    """Student's quantile from the normal one, df ≥ 2 (Hill 1970's expansion; Abramowitz & Stegun 26.7.5).

    Off by less than 0.001 from six degrees of freedom on, the fewest of a figure that is shown.
    """
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / df + g2 / df**2 + g3 / df**3 + g4 / df**4


def verdict(n: int, *, judge_from: int, minimum: int) -> Verdict:
    """Withheld below ``minimum`` people, grey below ``judge_from``."""
    if n < max(minimum, 1):
        return Verdict.WITHHELD
    return Verdict.GREY if n < judge_from else Verdict.OK


def score_of_counts(scale: Scale, counts: Mapping[int, int], *, judge_from: int = 10, minimum: int = 5) -> Score:
    """A touchpoint's score from its counts of raw values; n is the number of answers.

    Raises ``AnswerError`` for a value off the scale, ``ValueError`` for a count below zero.
    """
    sums = sums_of_counts(scale, counts)
    raw, may = sum(v * n for v, n in counts.items()), verdict(sums.n, judge_from=judge_from, minimum=minimum)
    return _score(scale, sums, raw=raw, answers=sums.n, counts=counts, verdict=may)


def score_of_people(
    scale: Scale,
    *,
    n: int,
    total: float,
    squares: float,
    raw_total: float,
    answers: int,
    counts: Mapping[int, int] | None = None,
    judge_from: int = 10,
    minimum: int = 5,
) -> Score:
    """A stage's score from its ``n`` person-days.

    ``total`` and ``squares`` are Σx and Σx² of x, the mean of ``unit`` over the person-day's
    answers; ``raw_total`` sums the person-days' mean raw values; ``counts`` are the pooled answers, shown only.
    """
    sums = ContributionSums(n, total, squares)
    may = verdict(n, judge_from=judge_from, minimum=minimum)
    return _score(scale, sums, raw=raw_total, answers=answers, counts=counts, verdict=may)


def _score(
    scale: Scale,
    sums: ContributionSums,
    *,
    raw: float,
    answers: int,
    counts: Mapping[int, int] | None,
    verdict: Verdict,
) -> Score:
    if verdict is Verdict.WITHHELD:  # only how many there are, so that the map can say how many are missing
        return Score(sums.n, answers, None, None, None, None, None, verdict)
    by = per_unit(scale)
    least, most = bounds(scale)
    value = min(most, max(least, by * sums.total / sums.n))
    low, high = _interval(scale, sums, answers)
    legal = values(scale)
    shown = None if counts is None else {str(each): counts.get(each, 0) for each in legal}
    mean = min(float(legal[-1]), max(float(legal[0]), raw / sums.n))
    return Score(sums.n, answers, value, min(value, by * low), max(value, by * high), mean, shown, verdict)


def _interval(scale: Scale, sums: ContributionSums, answers: int) -> tuple[float, float]:
    match _LAW[scale].headline:
        case Headline.SHARE:
            return wilson(sums.total / sums.n, effective_n(sums, answers))
        case Headline.DIFFERENCE:
            return adjusted_wald(sums)
        case Headline.MEAN:
            return mean_interval(scale, sums)
