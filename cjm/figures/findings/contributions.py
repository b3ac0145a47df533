"""Sums of the contributions of answers, which tests of change compare.

* An answer contributes ``contribution(scale, value)`` to the headline of its scale.
* Answers are known by their counts of raw values. People and their days have sums of their own: `cjm.figures.people`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cjm.scales import Scale, contribution

AnswerCounts = Mapping[int, int]
"""How often each raw value was answered."""


@dataclass(frozen=True, slots=True)
class ContributionSums:
    """n, Σx and Σx² of the contributions of answers."""

    n: int
    total: float
    squares: float

    def __add__(self, other: "ContributionSums") -> "ContributionSums":
        return ContributionSums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    @property
    def variance(self) -> float:
        """The sample variance s² (divisor n − 1); 0 below two observations."""
        if self.n < 2:
            return 0.0
        # Counters that were added and taken back leave rounding behind: equal observations may come out below 0.
        return max(0.0, self.squares - self.total**2 / self.n) / (self.n - 1)


def sum_contributions(scale: Scale, counts: AnswerCounts) -> ContributionSums:
    """Return the sums of the contributions of all counted answers.

    Raises ``AnswerError`` for a value off the scale, ``ValueError`` for a count below zero.
    """
    n, total, squares = 0, 0.0, 0.0
    for value, count in counts.items():
        if count < 0:
            raise ValueError(f"{scale}: {count} answers of {value}: a counter was moved below zero")
        x = contribution(scale, value)
        n, total, squares = n + count, total + count * x, squares + count * x * x
    return ContributionSums(n, total, squares)
