"""Counters: their names, and how far one fact moves them.

* Every score, flow and count on a map is made of sums of counters; exact numbers of people come from rows beside them.
* A fact that changes moves the counters by the difference of its old and its new contribution.
* A count whose rows are gone is *settled*: see `cjm.figures.settling`.

===========================  ======================  =============================  ================================
measure                      subject                 bucket                         n
===========================  ======================  =============================  ================================
``visits``                   touchpoint, stage       part of the day, or ""         visits
``entered``                  stage                   hours since 00:00 UTC of day   passages; see `walks.flow_counters`
``went_on``                  stage                   ""                             passages
``took``                     stage                   log bucket of seconds          passages that went on
``since_start``              stage                   log bucket of seconds          passages that began elsewhere
``amount``                   stage                   hours since 00:00 UTC of day   passages that told one, with sums
``measure:<key>``            touchpoint, stage       log bucket; `facts.measures`   visits that told it
``emotion``, ``csat`` …      touchpoint, stage       raw value, or "value:delay"    answers
``emotion.people`` …         touchpoint, stage       ""                             person-days, with their sums
``customers``                stage, "" (journey)     ""                             person-days of presence
``recalled:csat`` …          touchpoint, stage       ""                             answers from memory
``choice:<question>``        touchpoint, stage       the option's key               answers
``returned:csat`` …          touchpoint, stage       ""                             person-days; see `settled_returns`
``returned:choice:<question>``  touchpoint, stage    the option's key               answers; the same
``invited``, ``answered`` …  touchpoint, stage       ""                             invitations
``asked:<survey>``           "" (journey)            outcome                        delivered questions; `asking`
``asked_at``                 "" (journey)            "hour:outcome"                 the same, by the readers' clocks
``complaints``               touchpoint, stage       part of the day, or ""         complaints
===========================  ======================  =============================  ================================

Person-days of answers are also counted by the part of the day of their visits, under subjects such as ``@morning``: see
`cjm.figures.day.day_places`.

A fact counts under its channel, and the figure over all channels is the sum over them. A person-day may have several
channels: it counts under each of them, and under "" as much less as makes the sum over all channels one person-day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from cjm.figures.gaps import GapMove

VISITS, ENTERED, WENT_ON, TOOK, COMPLAINTS = "visits", "entered", "went_on", "took", "complaints"
SINCE_START, AMOUNT = "since_start", "amount"
MEASURE = "measure:"
INVITED, ANSWERED, DECLINED, IGNORED = "invited", "answered", "declined", "ignored"
ASKED, ASKED_AT = "asked:", "asked_at"  # see `cjm.figures.asking.outcome`
CHOICE = "choice:"
RECALLED = "recalled:"
PEOPLE = ".people"
RETURNED = "returned:"
CUSTOMERS = "customers"
MOST_ROUNDING = 1e-9  # what sums that are added and taken back as floats may leave


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
    """Amounts added to a counter: n, and for person-days Σx, Σx², the sum of raw means, the sum of the day's mean u².

    x is the mean contribution of a person-day's answers, u the contribution of one of them.
    """

    n: int = 1
    total: float = 0.0
    squares: float = 0.0
    raw: float = 0.0
    mean_squares: float = 0.0

    def __add__(self, other: "CounterSums") -> "CounterSums":
        return CounterSums(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.raw + other.raw,
            self.mean_squares + other.mean_squares,
        )

    def __neg__(self) -> "CounterSums":
        return CounterSums(-self.n, -self.total, -self.squares, -self.raw, -self.mean_squares)

    @property
    def is_zero(self) -> bool:
        """True if adding this changes nothing beyond rounding."""
        rest = abs(self.total) + abs(self.squares) + abs(self.raw) + abs(self.mean_squares)
        return self.n == 0 and rest < MOST_ROUNDING


Tally = dict[CounterKey, CounterSums]
Move = tuple[CounterKey, CounterSums]


class AddableSums(Protocol):
    """Amounts of a counter: `CounterSums`, or `cjm.figures.gaps.GapSums`."""

    def __add__(self: "Sums", other: "Sums", /) -> "Sums": ...

    def __neg__(self: "Sums") -> "Sums": ...

    @property
    def is_zero(self) -> bool: ...


Key = TypeVar("Key", bound=tuple[object, ...])
Sums = TypeVar("Sums", bound=AddableSums)


def sum_moves(moves: Iterable[tuple[Key, Sums]]) -> dict[Key, Sums]:
    """Return the moves summed by counter, without counters that do not change in the end."""
    tally: dict[Key, Sums] = {}
    for key, sums in moves:
        before = tally.get(key)
        tally[key] = sums if before is None else before + sums
    return {key: sums for key, sums in tally.items() if not sums.is_zero}


def reverse_moves(moves: Iterable[tuple[Key, Sums]]) -> list[tuple[Key, Sums]]:
    """Return the moves that take these back."""
    return [(key, -sums) for key, sums in moves]


@dataclass(frozen=True, slots=True)
class FactMoves:
    """Moves of facts: those of counters and those of gap counters."""

    counters: list[Move]
    gaps: list[GapMove]

    def __add__(self, other: "FactMoves") -> "FactMoves":
        return FactMoves(self.counters + other.counters, self.gaps + other.gaps)

    def __neg__(self) -> "FactMoves":
        return FactMoves(reverse_moves(self.counters), reverse_moves(self.gaps))


def value_bucket(value: int, delay: int) -> str:
    """Return the bucket of a raw value that was answered with this delay class."""
    return f"{value}:{delay}" if delay else str(value)


def split_value_bucket(bucket: str) -> tuple[int, int]:
    """Return the raw value and the delay class of a bucket."""
    value, _, delay = bucket.partition(":")
    return int(value), int(delay or 0)
