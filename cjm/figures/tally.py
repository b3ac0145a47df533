"""Counters: what is counted, under which name, and what one fact moves.

Every score, flow and count on a map is a sum of these, so a map costs the same after ten million answers. The functions
here say what a fact contributes; a change of the fact moves the counters by the difference of its contributions.

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
    """Which counter; sorted, so that writers take them in the same order and never wait for each other in a ring."""

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
    """What is added to a counter: how many, Σx, Σx² and Σ raw mean (the last three for person-days only)."""

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
        return self.n == 0 and abs(self.total) + abs(self.squares) + abs(self.raw) < 1e-9


Tally = dict[CounterKey, CounterSums]
Move = tuple[CounterKey, CounterSums]


def sum_moves(moves: Iterable[Move]) -> Tally:
    """Moves put together; counters that do not change in the end are left out."""
    found: defaultdict[CounterKey, CounterSums] = defaultdict(lambda: CounterSums(0))
    for counter, sums in moves:
        found[counter] = found[counter] + sums
    return {counter: sums for counter, sums in found.items() if not sums.is_zero}


def reverse_moves(moves: Iterable[Move]) -> list[Move]:
    return [(counter, -sums) for counter, sums in moves]


def settle_moves(moves: Iterable[Move]) -> list[Move]:
    """The same counts as rows that are gone: by week, so that nobody's day is left behind."""
    return [
        (counter._replace(day=counter.day - timedelta(days=counter.day.weekday()), settled=True), sums)
        for counter, sums in moves
    ]


class PersonDay(NamedTuple):
    """The unit of a stage's score: one person, one day, one scale at one stage (and one cohort, should it change)."""

    customer_id: int
    journey: str
    stage: str
    scale: Scale
    day: date
    cohort_id: int


def person_day_moves(key: PersonDay, answers: Iterable[tuple[str, int]]) -> list[Move]:
    """What one person-day contributes, over all channels and for each it used. ``answers`` are (channel, value)."""
    values = list(answers)
    channels = {"": [v for _, v in values]} | {c: [v for d, v in values if d == c] for c, _ in values}
    return [
        (
            CounterKey(key.journey, key.day, key.stage, key.scale + PEOPLE, "", key.cohort_id, channel),
            _person_day_sums(key.scale, taken),
        )
        for channel, taken in channels.items()
        if taken
    ]


def _person_day_sums(scale: Scale, values: list[int]) -> CounterSums:
    x = fmean(contribution(scale, v) for v in values)
    return CounterSums(1, x, x * x, fmean(values))
