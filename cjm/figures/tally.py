"""Counters: their names, and how far one fact moves them.

* Every score, flow and count on a map, except the number of customers, is made of sums of counters.
* A fact that changes moves the counters by the difference of its old and its new contribution.
* A count whose rows are gone is *settled*: it keeps its week and no longer its day.

===========================  =================  =============================  ================================
measure                      subject            bucket                         n
===========================  =================  =============================  ================================
``visits``                   touchpoint, stage  ""                             visits
``entered``, ``went_on``     stage              ""                             passages
``took``                     stage              log bucket of seconds          passages that went on
``emotion``, ``csat`` …      touchpoint, stage  the raw value                  answers
``emotion.people`` …         stage              ""                             person-days, with their sums
``choice:<question>``        touchpoint, stage  the option's key               answers
``invited``, ``answered`` …  touchpoint, stage  ""                             invitations
``complaints``               touchpoint, stage  ""                             complaints
===========================  =================  =============================  ================================

A person-day's channel is "" for the figure over all channels, and a channel's key for the figure of that channel alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import NamedTuple

from cjm.scales import Scale, contribution

VISITS, ENTERED, WENT_ON, TOOK, COMPLAINTS = "visits", "entered", "went_on", "took", "complaints"
INVITED, ANSWERED, DECLINED, IGNORED = "invited", "answered", "declined", "ignored"
CHOICE = "choice:"
PEOPLE = ".people"


class CounterKey(NamedTuple):
    """Name of one counter. It can be sorted: writers that lock counters in one order cannot deadlock."""

    journey: str
    day: date
    subject: str
    measure: str
    bucket: str
    cohort_id: int
    channel: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class CounterSums:
    """Amounts added to a counter: n, Σx, Σx² and the sum of raw means (the last three for person-days only)."""

    n: int = 1
    total: float = 0.0
    squares: float = 0.0
    raw: float = 0.0

    def __add__(self, other: "CounterSums") -> "CounterSums":
        return CounterSums(
            self.n + other.n, self.total + other.total, self.squares + other.squares, self.raw + other.raw
        )

    def __neg__(self) -> "CounterSums":
        return CounterSums(-self.n, -self.total, -self.squares, -self.raw)

    @property
    def is_zero(self) -> bool:
        """True if adding this changes nothing beyond rounding."""
        # Sums of person-days are added and taken back as floats, so what remains may be rounding.
        return self.n == 0 and abs(self.total) + abs(self.squares) + abs(self.raw) < 1e-9


Tally = dict[CounterKey, CounterSums]
Move = tuple[CounterKey, CounterSums]


def sum_moves(moves: Iterable[Move]) -> Tally:
    """Return the moves summed by counter, without counters that do not change in the end."""
    tally: defaultdict[CounterKey, CounterSums] = defaultdict(lambda: CounterSums(0))
    for counter, sums in moves:
        tally[counter] = tally[counter] + sums
    return {counter: sums for counter, sums in tally.items() if not sums.is_zero}


def reverse_moves(moves: Iterable[Move]) -> list[Move]:
    """Return the moves that take these back."""
    return [(counter, -sums) for counter, sums in moves]


def settle_moves(moves: Iterable[Move]) -> list[Move]:
    """Return the moves as settled counts: by week, so that no day is kept."""
    return [
        (counter._replace(day=counter.day - timedelta(days=counter.day.weekday()), settled=True), sums)
        for counter, sums in moves
    ]


class PersonDay(NamedTuple):
    """Unit of a stage's score: one person on one day at one stage, on one scale and in one cohort."""

    customer_id: int
    journey: str
    stage: str
    scale: Scale
    day: date
    cohort_id: int


def person_day_moves(key: PersonDay, answers: Iterable[tuple[str, int]]) -> list[Move]:
    """Return the moves of one person-day: over all channels (""), and for each channel of its answers.

    ``answers`` are pairs of channel and raw value.
    """
    pairs = list(answers)
    by_channel = {"": [value for _, value in pairs]}
    for channel, value in pairs:
        by_channel.setdefault(channel, []).append(value)
    return [
        (
            CounterKey(key.journey, key.day, key.stage, key.scale + PEOPLE, "", key.cohort_id, channel),
            _person_day_sums(key.scale, values),
        )
        for channel, values in by_channel.items()
        if values
    ]


def _person_day_sums(scale: Scale, values: list[int]) -> CounterSums:
    x = fmean(contribution(scale, v) for v in values)
    return CounterSums(1, x, x * x, fmean(values))
