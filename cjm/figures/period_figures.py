"""Figures of one period as a map and its comparisons read them: counters, and the people behind them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from cjm.figures.people import PeopleSums, PersonDaySums, single_days
from cjm.figures.tally import CounterSums, split_value_bucket
from cjm.scales import Scale

CountTable = Mapping[tuple[str, str], Mapping[str, CounterSums]]
"""(subject, measure) → bucket → sums, named as in `cjm.figures.tally`; a subject's former keys are resolved."""

PeopleTable = Mapping[tuple[str, str], PeopleSums]
"""(subject, scale or ``CUSTOMERS``) → person-days and their people; subject "" is the whole journey."""

NOBODY = single_days(PersonDaySums())


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """Counters of a period, and the people behind them.

    ``hidden`` are the subjects and scales that are withheld although they have enough people: with the figures of other
    segments or channels, they would tell those of a few people.
    """

    counts: CountTable = field(default_factory=dict)
    people: PeopleTable = field(default_factory=dict)
    hidden: Collection[tuple[str, str]] = ()

    def find_people(self, subject: str, measure: str) -> PeopleSums:
        """Return the people of a subject on a scale, or present at it; `NOBODY` where there are none."""
        return self.people.get((subject, measure), NOBODY)

    def count(self, subjects: Iterable[str] | None, measure: str) -> int:
        """Return the sum of a measure over subjects; None means the whole journey."""
        if subjects is None:
            return sum(_count(buckets) for (_, name), buckets in self.counts.items() if name == measure)
        return sum(_count(self.counts.get((subject, measure), {})) for subject in set(subjects))

    def count_values(self, subject: str, scale: Scale) -> Counter[int]:
        """Return the answers about a subject itself by raw value."""
        values: Counter[int] = Counter()
        for bucket, sums in self.counts.get((subject, scale), {}).items():
            values[split_value_bucket(bucket)[0]] += sums.n
        return values


def _count(buckets: Mapping[str, CounterSums]) -> int:
    return sum(sums.n for sums in buckets.values())
