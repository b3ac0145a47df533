"""Scores: a figure with its interval, n and verdict.

* A score with too few people is withheld: it has counts of people and answers, and no figure.
* A figure lies inside its scale's bounds and inside its own interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cjm.figures.contributions import AnswerCounts, ContributionSums, sum_contributions
from cjm.figures.intervals import adjusted_wald_interval, effective_sample_size, mean_interval, wilson_interval
from cjm.figures.people import CountBasis
from cjm.scales import Headline, Scale


class Verdict(StrEnum):
    """Permission to show and to judge a figure."""

    OK = "ok"
    GREY = "grey"  # shown with its interval, not judged
    WITHHELD = "withheld"  # too few people: somebody could be recognised by it


@dataclass(frozen=True, slots=True)
class Score:
    """Figure with its interval, n and verdict.

    ``value``, ``low`` and ``high`` are in the unit of the scale's headline (CSAT and success in % 0…100, NPS and
    expectation −100…100, emotion −2…2, CES 1…7); ``low`` and ``high`` are the 95 % interval. ``mean`` is the mean
    of the raw values, ``counts`` holds answers by raw value, where known. All five are ``None`` when ``verdict`` is
    withheld. ``n`` counts people (person-days at a stage, answers at a touchpoint, passages of a conversion),
    ``answers`` counts answers (passages again of a conversion).
    """

    n: int
    answers: int
    value: float | None
    low: float | None
    high: float | None
    mean: float | None
    counts: Mapping[str, int] | None
    verdict: Verdict
    n_is: CountBasis = CountBasis.EXACT


def verdict_for(n: int, *, judge_from: int, minimum: int) -> Verdict:
    """Return withheld below ``minimum`` people, grey below ``judge_from``, else OK."""
    if n < max(minimum, 1):
        return Verdict.WITHHELD
    return Verdict.GREY if n < judge_from else Verdict.OK


def score_of_counts(scale: Scale, counts: AnswerCounts, *, judge_from: int = 10, minimum: int = 5) -> Score:
    """Return a touchpoint's score from its counts of raw values; n is the number of answers.

    Raises ``AnswerError`` for a value off the scale, ``ValueError`` for a count below zero.
    """
    sums = sum_contributions(scale, counts)
    raw_total = sum(value * n for value, n in counts.items())
    verdict = verdict_for(sums.n, judge_from=judge_from, minimum=minimum)
    return _make_score(scale, sums, raw_total=raw_total, answers=sums.n, counts=counts, verdict=verdict)


def score_of_person_days(
    scale: Scale,
    *,
    n: int,
    total: float,
    squares: float,
    raw_total: float,
    answers: int,
    counts: AnswerCounts | None = None,
    judge_from: int = 10,
    minimum: int = 5,
) -> Score:
    """Return a stage's score from its ``n`` person-days.

    ``total`` and ``squares`` are Σx and Σx² of x, the mean ``contribution`` of a person-day's answers; ``raw_total``
    sums the person-days' mean raw values; ``counts`` are the pooled answers, which are only shown.
    """
    sums = ContributionSums(n, total, squares)
    verdict = verdict_for(n, judge_from=judge_from, minimum=minimum)
    return _make_score(scale, sums, raw_total=raw_total, answers=answers, counts=counts, verdict=verdict)


def _make_score(
    scale: Scale,
    sums: ContributionSums,
    *,
    raw_total: float,
    answers: int,
    counts: AnswerCounts | None,
    verdict: Verdict,
) -> Score:
    if verdict is Verdict.WITHHELD:  # n stays: the map says how many answers are missing
        return Score(sums.n, answers, None, None, None, None, None, verdict)
    values, factor = scale.spec.values, scale.spec.unit_factor
    low, high = (factor * end for end in _headline_interval(scale, sums, answers))
    # Sums that were moved up and down carry rounding: neither figure may leave the scale because of it.
    value = _clamp(factor * sums.total / sums.n, *scale.spec.bounds)
    mean = _clamp(raw_total / sums.n, values[0], values[-1])
    counts_by_key = None if counts is None else {str(each): counts.get(each, 0) for each in values}
    return Score(sums.n, answers, value, min(value, low), max(value, high), mean, counts_by_key, verdict)


def _clamp(value: float, least: float, most: float) -> float:
    return min(float(most), max(float(least), value))


def _headline_interval(scale: Scale, sums: ContributionSums, answers: int) -> tuple[float, float]:
    match scale.spec.headline:
        case Headline.SHARE:
            return wilson_interval(sums.total / sums.n, effective_sample_size(sums, answers))
        case Headline.DIFFERENCE:
            return adjusted_wald_interval(sums)
        case Headline.MEAN:
            return mean_interval(scale, sums)
