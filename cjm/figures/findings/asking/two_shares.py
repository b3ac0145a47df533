"""Test whether two shares differ."""

from math import erfc, sqrt


def compare_two_shares(a: int, of_a: int, b: int, of_b: int) -> float:
    """Return the p-value of a difference between ``a`` of ``of_a`` and ``b`` of ``of_b``, which share nobody.

    The N − 1 chi-squared test (Campbell 2007). Without anybody on a side, or without any spread, it is 1.
    """
    n, hits = of_a + of_b, a + b
    spread = hits * (n - hits) * of_a * of_b
    if spread <= 0:
        return 1.0
    statistic = (n - 1) * (a * of_b - b * of_a) ** 2 / spread
    return erfc(sqrt(statistic / 2))
