"""Scores of invented answers, for tests."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from cjm.figures.findings.contributions import AnswerCounts, sum_contributions
from cjm.figures.people import PeopleSums, PersonDaySums, single_days
from cjm.figures.score import Score, score_of_people
from cjm.scales import Scale, contribution
from tests.cjm.figures.returning_people import exact_people

DayAnswers = Sequence[int]
"""Raw values that one person gave on one day."""


def score_of_counts(scale: Scale, counts: AnswerCounts, *, judge_from: int = 10, minimum: int = 5) -> Score:
    """Return the score of answers by raw value, each given by another person."""
    people = people_of_counts(scale, counts)
    return score_of_people(scale, people, people.sums.n, counts, judge_from=judge_from, minimum=minimum)


def people_of_counts(scale: Scale, counts: AnswerCounts) -> PeopleSums:
    """Return people who gave one answer each."""
    sums = sum_contributions(scale, counts)
    raw = float(sum(value * n for value, n in counts.items()))
    return single_days(PersonDaySums(sums.n, sums.total, sums.squares, raw, sums.squares))


def score_of_days(
    scale: Scale, people: Sequence[Sequence[DayAnswers]], *, judge_from: int = 10, minimum: int = 5
) -> Score:
    """Return the score of people, each with the answers of their days."""
    answers = [value for days in people for day in days for value in day]
    counts: Mapping[int, int] = {value: answers.count(value) for value in scale.spec.values}
    found = people_of_days(scale, people)
    return score_of_people(scale, found, len(answers), counts, judge_from=judge_from, minimum=minimum)


def people_of_days(scale: Scale, people: Sequence[Sequence[DayAnswers]], *, noise: float = 0.0) -> PeopleSums:
    """Return the sums of people, each counted; ``noise`` is what counters that were moved often are off by."""
    sums, xs_of_people = PersonDaySums(), []
    for days in people:
        xs = [fmean(contribution(scale, value) for value in day) for day in days]
        xs_of_people.append(xs)
        for x, day in zip(xs, days, strict=True):
            sums += PersonDaySums(1, x, x * x, fmean(day), fmean(contribution(scale, value) ** 2 for value in day))
    clusters = exact_people(xs_of_people).clusters
    return PeopleSums(sums + PersonDaySums(0, noise, -noise, noise, -noise), clusters)
