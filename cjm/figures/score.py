"""A figure that can be trusted: value, interval, n, and whether it may be judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cjm.figures.contributions import ContributionSums, sum_contributions
from cjm.figures.intervals import adjusted_wald_interval, effective_sample_size, mean_interval, wilson_interval
from cjm.scales import Headline, Scale


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


def verdict_for(n: int, *, judge_from: int, minimum: int) -> Verdict:
    """Withheld below ``minimum`` people, grey below ``judge_from``."""
    if n < max(minimum, 1):
        return Verdict.WITHHELD
    return Verdict.GREY if n < judge_from else Verdict.OK


def score_of_counts(scale: Scale, counts: Mapping[int, int], *, judge_from: int = 10, minimum: int = 5) -> Score:
    """A touchpoint's score from its counts of raw values; n is the number of answers.

    Raises ``AnswerError`` for a value off the scale, ``ValueError`` for a count below zero.
    """
    sums = sum_contributions(scale, counts)
    raw, may = sum(v * n for v, n in counts.items()), verdict_for(sums.n, judge_from=judge_from, minimum=minimum)
    return _make_score(scale, sums, raw=raw, answers=sums.n, counts=counts, verdict=may)


def score_of_person_days(
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

    ``total`` and ``squares`` are Σx and Σx² of x, the mean of ``contribution`` over the person-day's
    answers; ``raw_total`` sums the person-days' mean raw values; ``counts`` are the pooled answers, shown only.
    """
    sums = ContributionSums(n, total, squares)
    may = verdict_for(n, judge_from=judge_from, minimum=minimum)
    return _make_score(scale, sums, raw=raw_total, answers=answers, counts=counts, verdict=may)


def _make_score(
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
    by = scale.spec.unit_factor
    least, most = scale.spec.bounds
    value = min(most, max(least, by * sums.total / sums.n))
    low, high = _headline_interval(scale, sums, answers)
    legal = scale.spec.values
    shown = None if counts is None else {str(each): counts.get(each, 0) for each in legal}
    mean = min(float(legal[-1]), max(float(legal[0]), raw / sums.n))
    return Score(sums.n, answers, value, min(value, by * low), max(value, by * high), mean, shown, verdict)


def _headline_interval(scale: Scale, sums: ContributionSums, answers: int) -> tuple[float, float]:
    match scale.spec.headline:
        case Headline.SHARE:
            return wilson_interval(sums.total / sums.n, effective_sample_size(sums, answers))
        case Headline.DIFFERENCE:
            return adjusted_wald_interval(sums)
        case Headline.MEAN:
            return mean_interval(scale, sums)
