"""Invented people who come back, with the counters that the product would keep for them.

As in the check of the gap classes: numbers of visits differ from person to person, and days of one person are alike.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cjm.figures.gaps import GapKey, GapSums, PersonDayValue, pair_moves, sum_window_gaps
from cjm.figures.people import (
    PeopleSums,
    PersonClusters,
    PersonDaySums,
    clusters_from_gaps,
)
from cjm.figures.tally import sum_moves

START = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class ReturningPeople:
    """Person-days of everybody (days since ``START`` and values), and their gap counters."""

    everybody: Sequence[tuple[np.ndarray, np.ndarray]]
    gaps: Mapping[GapKey, GapSums]
    days: int  # from ``START`` on

    def count_exactly(self, first: int, last: int) -> PeopleSums:
        """Return the sums of a window, each person counted."""
        windows = [x[(days >= first) & (days <= last)] for days, x in self.everybody]
        return exact_people([list(x) for x in windows if len(x)])

    def count_by_gaps(self, first: int, last: int) -> PeopleSums:
        """Return the sums of a window as counters give them."""
        start, end = START + timedelta(days=first), START + timedelta(days=last)
        rows = [(key.day, key.gap, sums) for key, sums in self.gaps.items() if start <= key.day <= end]
        return clusters_from_gaps(self.count_exactly(first, last).sums, sum_window_gaps(rows, start), last - first + 1)


def exact_people(people: Sequence[Sequence[float]]) -> PeopleSums:
    """Return the sums of people, each with the values of their person-days (one answer a day)."""
    values = [x for days in people for x in days]
    sums = PersonDaySums(len(values), sum(values), sum(x * x for x in values), sum(values), sum(x * x for x in values))
    clusters = PersonClusters(
        people=len(people),
        at_least=len(people),
        total_squares=sum(sum(days) ** 2 for days in people),
        total_days=sum(sum(days) * len(days) for days in people),
        days_squares=sum(len(days) ** 2 for days in people),
    )
    return PeopleSums(sums, clusters)


def simulate_people(
    n: int, per_28_days: float, shape: float, *, days: int = 420, likeness: float = 0.5, seed: int = 20261126
) -> ReturningPeople:
    """Return ``n`` people who visit ``per_28_days`` days of 28 on average; the smaller ``shape``, the less alike."""
    rng = np.random.default_rng(seed)
    everybody = []
    gaps: defaultdict[GapKey, GapSums] = defaultdict(GapSums)
    a, b = 0.7 * (1 - likeness) / likeness, 0.3 * (1 - likeness) / likeness
    for _ in range(n):
        visits = rng.poisson(rng.gamma(shape, per_28_days / shape) * days / 28)
        own_days = np.unique(rng.integers(0, days, visits))
        x = rng.binomial(1, rng.beta(a, b), len(own_days)).astype(float)
        everybody.append((own_days, x))
        dates = [START + timedelta(days=int(day)) for day in own_days]
        values = [PersonDayValue(day, 1, "pay", float(each)) for day, each in zip(dates, x, strict=True)]
        for key, sums in sum_moves(pair_moves("shop", "csat", values, set(dates))).items():
            gaps[key] = gaps[key] + sums
    return ReturningPeople(everybody, gaps, days)
