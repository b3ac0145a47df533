"""Weakest and best among the judged figures of a map: named only beyond noise.

* A figure is the weakest only if it lies below *each* other one beyond noise: of five equal stages one always is the
  lowest, and next week it is another one.
* Having chosen the lowest and the highest is corrected for: of 1,000 maps of equal figures at most 5 % name one.
"""

from collections.abc import Mapping
from math import hypot
from statistics import NormalDist
from typing import NamedTuple

from cjm.figures.intervals import Z95
from cjm.figures.score import Score, Verdict

# Chance that one figure seems to lie below another of the same truth; the reverse is as likely. That the lowest must
# lie below *each* other figure is the correction for having chosen it from many: the more there are, the closer the
# next one is (Berger 1982, tests by intersection and union). Were intervals exact, an end would be named on 1.5 % of
# maps of two figures. Those of ten people with skewed answers, beside thousands, err to one side: then it is up to 4 %.
ERROR = 0.0075
WIDEN = NormalDist().inv_cdf(1 - ERROR) / Z95


class _Ends(NamedTuple):
    value: float
    low: float
    high: float


def find_weakest(scores: Mapping[str, Score]) -> str | None:
    """Return the key of the figure below each other judged one, beyond noise; None when there is no such figure."""
    return _find_lowest({key: _Ends(*ends) for key, ends in list_judged(scores).items()})


def find_best(scores: Mapping[str, Score]) -> str | None:
    """Return the key of the figure above each other judged one, beyond noise; None when there is no such figure."""
    return _find_lowest({key: _Ends(-value, -high, -low) for key, (value, low, high) in list_judged(scores).items()})


def list_judged(scores: Mapping[str, Score]) -> dict[str, tuple[float, float, float]]:
    """Return value, low and high of the scores that may be judged."""
    return {
        key: (score.value, score.low, score.high)
        for key, score in scores.items()
        if score.verdict is Verdict.OK and score.value is not None and score.low is not None and score.high is not None
    }


def _find_lowest(figures: Mapping[str, _Ends]) -> str | None:
    if len(figures) < 2:
        return None
    lowest = min(figures, key=lambda key: figures[key].value)
    is_clear = all(_is_below(figures[lowest], ends) for key, ends in figures.items() if key != lowest)
    return lowest if is_clear else None


def _is_below(lower: _Ends, upper: _Ends) -> bool:
    """Return whether the interval of the difference excludes 0: Newcombe (1998, method 10), MOVER (Zou & Donner 2008).

    The distances to the ends are those of the figures' 95 % intervals, widened to the level of the correction.
    """
    return upper.value - lower.value > WIDEN * hypot(lower.high - lower.value, upper.value - upper.low)
