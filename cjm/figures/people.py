"""People behind a figure: sums over person-days from counters, and how the person-days fall to people.

A *person-day* is one person on one day at one subject (touchpoint or stage) on one scale, in one cohort. Its x is the
mean contribution of that person's answers there on that day; u is the contribution of a single answer.
"""

from dataclasses import dataclass
from enum import StrEnum


class CountBasis(StrEnum):
    """Way in which the number of people was found."""

    EXACT = "exact"
    ABOUT = "about"  # estimated from counters by gap class
    AT_MOST = "at most"  # each person-day whose rows are gone, or that lies a year apart, counts as a person


@dataclass(frozen=True, slots=True)
class PersonDaySums:
    """Sums over person-days: their number, Σx, Σx², the sum of mean raw values, the sum of the day's mean u²."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    raw: float = 0.0
    mean_squares: float = 0.0

    def __add__(self, other: "PersonDaySums") -> "PersonDaySums":
        return PersonDaySums(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.raw + other.raw,
            self.mean_squares + other.mean_squares,
        )


@dataclass(frozen=True, slots=True)
class PersonClusters:
    """Person-days grouped by person: with k days and S = Σx of each person, Σ S², Σ S·k and Σ k² over people.

    ``at_least`` is a number of people that is certainly reached: what may be shown and judged is decided by it.
    """

    people: float
    at_least: int
    total_squares: float  # Σ S²
    total_days: float  # Σ S·k
    days_squares: float  # Σ k²
    basis: CountBasis = CountBasis.EXACT


@dataclass(frozen=True, slots=True)
class PeopleSums:
    """Person-days of one subject and measure in a scope, with their people."""

    sums: PersonDaySums
    clusters: PersonClusters
