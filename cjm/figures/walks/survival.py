"""Time at a stage: Kaplan and Meier's curve of those who are still there, its quantiles and the median's interval.

Somebody who still waits counts as there for exactly the time that they have waited, and not at all after it. Walks of
one person count as independent of each other.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cjm.figures.intervals import wilson_interval
from cjm.figures.journey_map import StageTime

Waits = Mapping[float, float]
"""Number of walks by seconds at a stage; where counters spread them over an hour, it may be a fraction."""

_ROUNDING = 1e-9  # half of an even number, taken step by step, may come out just above 0.5


class CurveStep(NamedTuple):
    """Share that is still at the stage after ``seconds``.

    ``size`` is the number of walks without waiting ones that would tell the share as exactly.
    """

    seconds: float
    staying: float
    size: float


def kaplan_meier(gone: Waits, waiting: Waits) -> list[CurveStep]:
    """Return the steps of the curve (Kaplan & Meier 1958), one for each time at which walks went on.

    ``gone`` are those who went on after that time, ``waiting`` those who have been there for that time; at one time
    those who went on come first. The curve's variance is Greenwood's (1926); from it follows the size (Rothman 1978).
    """
    at_risk = sum(gone.values()) + sum(waiting.values())
    curve: list[CurveStep] = []
    staying, size, variance = 1.0, at_risk, 0.0
    for seconds in sorted(gone.keys() | waiting.keys()):
        leaving = gone.get(seconds, 0.0)
        if leaving > 0:
            remaining = max(0.0, at_risk - leaving)
            if remaining > _ROUNDING * at_risk:
                staying *= remaining / at_risk
                variance += leaving / (at_risk * remaining)
                size = (1 - staying) / (staying * variance)
            else:  # nobody is left: the size just before still holds
                size, staying = (size if curve else at_risk), 0.0
            curve.append(CurveStep(seconds, staying, size))
        at_risk = max(0.0, at_risk - leaving - waiting.get(seconds, 0.0))
    return curve


def stage_time(gone: Waits, waiting: Waits, *, minimum: int = 5) -> StageTime:
    """Return the median with its interval and the 90th percentile of the seconds to a later stage.

    The median's interval holds the times at which the curve's own interval holds one half (Brookmeyer & Crowley 1982),
    with Wilson's limits of the curve. What the walks do not reach is ``None``, and so is all but n with fewer than
    ``minimum`` walks.
    """
    n = round(sum(gone.values()) + sum(waiting.values()))
    if n < max(minimum, 1):
        return StageTime(None, None, n)
    curve = kaplan_meier(gone, waiting)
    return StageTime(
        median_s=_first_time(((step.seconds, step.staying) for step in curve), 0.5),
        p90_s=_first_time(((step.seconds, step.staying) for step in curve), 0.1),
        n=n,
        median_low_s=_first_time(((s.seconds, wilson_interval(s.staying, s.size)[0]) for s in curve), 0.5),
        median_high_s=_first_time(((s.seconds, wilson_interval(s.staying, s.size)[1]) for s in curve), 0.5),
    )


def _first_time(points: Iterable[tuple[float, float]], share: float) -> float | None:
    return next((seconds for seconds, limit in points if limit <= share + _ROUNDING), None)
