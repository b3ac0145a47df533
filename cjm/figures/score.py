"""Scores: a figure with its interval, n and verdict.

* A score with too few people is withheld: it has counts of people and answers, and no figure.
* A figure lies inside its scale's bounds and inside its own interval.
* A figure without an interval is never judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from cjm.anonymity import ANONYMOUS_JUDGE_FROM, ANONYMOUS_MINIMUM
from cjm.figures.intervals import Z95, adjusted_wald_interval, mean_interval, student_quantile, wilson_interval
from cjm.figures.people import (
    CountBasis,
    PeopleSums,
    effective_size,
    is_simple_sample,
    mean_square,
)
from cjm.scales import Headline, Scale

if TYPE_CHECKING:  # a journey needs pydantic, which no picture should wait for
    from cjm.journeys.journey import Journey


class Verdict(StrEnum):
    """Permission to show and to judge a figure."""

    OK = "ok"
    GREY = "grey"  # shown with its interval, not judged
    WITHHELD = "withheld"  # too few people: somebody could be recognised by it


class RecallShare(StrEnum):
    """Part of the answers behind a figure that was given from memory, by a later question about an earlier place."""

    NONE = "none"
    PARTLY = "partly"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Score:
    """Figure with its interval, n and verdict.

    ``value``, ``low`` and ``high`` are in the unit of the scale's headline (CSAT and success in % 0…100, NPS and
    expectation −100…100, emotion −2…2, CES 1…7); ``low`` and ``high`` are the 95 % interval. ``mean`` is the mean
    of the raw values, ``counts`` holds answers by raw value, where known. All five are ``None`` when ``verdict`` is
    withheld; ``low`` and ``high`` also where a minimum of 1 shows the figure of a single person.

    ``n`` counts people, found as ``n_is`` says (response-days in an anonymous journey, walks of a conversion);
    ``answers`` counts answers (walks again of a conversion). The verdict goes by the number of people that is certain,
    which is below ``n`` where that is "about". ``recalled`` says how many of the answers come from memory.
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
    recalled: RecallShare = RecallShare.NONE


class Thresholds(NamedTuple):
    """Numbers of people from which on a figure is judged, and from which on it is shown."""

    judge_from: int
    minimum: int

    @classmethod
    def of_journey(cls, journey: "Journey", minimum: int) -> "Thresholds":
        """Return the thresholds of a journey; an anonymous one counts response-days, so it needs more of them.

        ``minimum`` is that of the settings.
        """
        if not journey.anonymous:
            return cls(journey.judge_from, minimum)
        return cls(max(journey.judge_from, ANONYMOUS_JUDGE_FROM), max(minimum, ANONYMOUS_MINIMUM))


def verdict_for(n: int, *, judge_from: int, minimum: int) -> Verdict:
    """Return withheld below ``minimum`` people, grey below ``judge_from``, else OK."""
    if n < max(minimum, 1):
        return Verdict.WITHHELD
    return Verdict.GREY if n < judge_from else Verdict.OK


def score_of_people(
    scale: Scale,
    people: PeopleSums,
    answers: int,
    counts: Mapping[int, int] | None = None,
    *,
    judge_from: int = 10,
    minimum: int = 5,
) -> Score:
    """Return the score of a touchpoint or a stage from its person-days and their people.

    ``answers`` is their number of answers; ``counts`` are these by raw value, which are only shown.
    """
    sums, clusters = people.sums, people.clusters
    n = round(clusters.people)
    verdict = verdict_for(clusters.at_least, judge_from=judge_from, minimum=minimum)
    if verdict is Verdict.WITHHELD or not sums.n:  # n stays: the map says how many answers are missing
        return Score(n, answers, None, None, None, None, None, Verdict.WITHHELD, clusters.basis)
    values, factor = scale.spec.values, scale.spec.unit_factor
    # Sums that were moved up and down carry rounding: neither figure may leave the scale because of it.
    value = _clamp(factor * sums.total / sums.n, *scale.spec.bounds)
    mean = _clamp(sums.raw / sums.n, values[0], values[-1])
    counts_by_key = None if counts is None else {str(each): counts.get(each, 0) for each in values}
    interval = _headline_interval(scale, people, answers)
    if interval is None:
        return Score(n, answers, value, None, None, mean, counts_by_key, Verdict.GREY, clusters.basis)
    low, high = (factor * end for end in interval)
    return Score(n, answers, value, min(value, low), max(value, high), mean, counts_by_key, verdict, clusters.basis)


def withhold_score(score: Score) -> Score:
    """Return a score with its counts of people and answers only."""
    return Score(score.n, score.answers, None, None, None, None, None, Verdict.WITHHELD, score.n_is)


def _clamp(value: float, least: float, most: float) -> float:
    return min(float(most), max(float(least), value))


def _headline_interval(scale: Scale, people: PeopleSums, answers: int) -> tuple[float, float] | None:
    """Return the interval clustered by person; None below two people.

    With few people, their spread is itself uncertain: Student's quantile of people − 1 takes the place of the normal
    one, in Wilson's and the adjusted Wald form by an effective size that is smaller by the square of their ratio. One
    answer of each person is a simple sample, for which the plain forms hold.
    """
    if people.clusters.people < 2:
        return None
    mean, size = people.sums.total / people.sums.n, effective_size(people, answers)
    if is_simple_sample(people, answers):
        worth, quantile = size, student_quantile(size + 1)
    else:
        quantile = student_quantile(people.clusters.people - 1)
        worth = size * (Z95 / quantile) ** 2
    match scale.spec.headline:
        case Headline.SHARE:
            return wilson_interval(mean, worth)
        case Headline.DIFFERENCE:
            return adjusted_wald_interval(mean, mean_square(people.sums), worth)
        case Headline.MEAN:
            return mean_interval(scale, mean, mean_square(people.sums), size, quantile)
