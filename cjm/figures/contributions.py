"""Sums of contributions: all that a figure and its interval need to know of any number of answers.

An answer contributes ``contribution(scale, value)`` to its scale's headline. A touchpoint is known by its counts of raw
values, a stage by n, Σx and Σx² of its person-days, x being the mean contribution of one person's answers of one day.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cjm.scales import Scale, contribution


@dataclass(frozen=True, slots=True)
class ContributionSums:
    """n, Σx and Σx² of contributions (``unit``): of answers at a touchpoint, of person-days at a stage."""

    n: int
    total: float
    squares: float

    def __add__(self, other: "ContributionSums") -> "ContributionSums":
        return ContributionSums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    @property
    def variance(self) -> float:
        """The sample variance s² (divisor n − 1); 0 below two, and where moved counters leave it under 0."""
        if self.n < 2:
            return 0.0
        return max(0.0, self.squares - self.total**2 / self.n) / (self.n - 1)


def sum_contributions(scale: Scale, counts: Mapping[int, int]) -> ContributionSums:
    """Counts of raw values → sums of contributions; ``AnswerError`` off the scale, ``ValueError`` below 0."""
    n, total, squares = 0, 0.0, 0.0
    for value, count in counts.items():
        if count < 0:
            raise ValueError(f"{scale}: {count} answers of {value}: a counter was moved below zero")
        x = contribution(scale, value)
        n, total, squares = n + count, total + count * x, squares + count * x * x
    return ContributionSums(n, total, squares)
