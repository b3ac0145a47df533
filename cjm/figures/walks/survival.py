"""Time at a stage: Kaplan and Meier's curve of those who are still there, its quantiles and the median's interval.

Somebody who still waits counts as there for exactly the time that they have waited, and not at all after it. Walks of
one person count as independent of each other.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp, log, sqrt
from typing import NamedTuple

from cjm.figures.intervals import Z95, wilson_interval
from cjm.figures.journey_map import StageTime

Waits = Mapping[float, float]
"""Number of walks by seconds at a stage; where counters spread them over an hour, it may be a fraction."""

SLOW_FROM, SLOW_FROM_GONE = 30, 10
"""Walks, and walks that went on, from which it is said how long a slow one takes."""

_ROUNDING = 1e-9  # half of an even number, taken step by step, may come out just above 0.5


class CurveStep(NamedTuple):
    """Share that is still at the stage after ``seconds``, and how many had been there until then.

    ``variance`` is Greenwood's sum: that of the share's logarithm.
    """

    seconds: float
    staying: float
    at_risk: float
    variance: float


def kaplan_meier(gone: Waits, waiting: Waits) -> list[CurveStep]:
    """Return the steps of the curve (Kaplan & Meier 1958), one for each time at which walks went on.

    ``gone`` are those who went on after that time, ``waiting`` those who have been there for that time; at one time
    those who went on come first.
    """
    at_risk = sum(gone.values()) + sum(waiting.values())
    curve: list[CurveStep] = []
    staying, variance = 1.0, 0.0
    waits = sorted(waiting.items(), reverse=True)  # the shortest is taken from the end
    for seconds, leaving in sorted(gone.items()):
        if leaving <= 0:
            continue
        while waits and waits[-1][0] < seconds:
            at_risk -= waits.pop()[1]
        at_risk = max(at_risk, leaving)  # sums of fractions are rounded
        remaining = at_risk - leaving
        if remaining > _ROUNDING * at_risk:
            staying *= remaining / at_risk
            variance += leaving / (at_risk * remaining)
        else:
            staying = 0.0
        curve.append(CurveStep(seconds, staying, at_risk, variance))
        at_risk = remaining
    return curve


def stage_time(gone: Waits, waiting: Waits, *, minimum: int = 5) -> StageTime:
    """Return the median with its interval and the 90th percentile of the seconds to a later stage.

    The median's interval holds the times at which the curve's own interval holds one half (Brookmeyer & Crowley 1982).
    What the walks do not reach is ``None``, and so is all but n with fewer than ``minimum`` walks.
    """
    n = round(sum(gone.values()) + sum(waiting.values()))
    if n < max(minimum, 1):
        return StageTime(None, None, n)
    curve = kaplan_meier(gone, waiting)
    low, high = _find_limits(curve, 0.5)
    return StageTime(
        median_s=_first_time(curve, 0.5),
        p90_s=_first_time(curve, 0.1),
        n=n,
        median_low_s=low,
        median_high_s=high,
    )


def _find_limits(curve: Iterable[CurveStep], share: float) -> tuple[float | None, float | None]:
    """Return the times at which the lower and the upper limit of the curve come down to a share."""
    first: float | None = None
    for seconds, low, high in _list_limits(curve):
        if first is None and low <= share + _ROUNDING:
            first = seconds
        if high <= share + _ROUNDING:
            return first, seconds  # the lower limit came down before
    return first, None


def slow_time(time: StageTime, gone: Waits) -> float | None:
    """Return the seconds after which a walk stands at a stage longer than nine of ten do; None where too few tell it.

    Where a tenth never goes on, the curve does not come down so far. Then it is the time within which nine of ten of
    those who did go on had done so.
    """
    n_gone = sum(gone.values())
    if time.n < SLOW_FROM or n_gone < SLOW_FROM_GONE:
        return None
    if time.p90_s is not None:
        return time.p90_s
    reached = 0.0
    for seconds in sorted(gone):
        reached += gone[seconds]
        if reached >= 0.9 * n_gone - _ROUNDING:
            return seconds
    return None


def _list_limits(curve: Iterable[CurveStep]) -> Iterator[tuple[float, float, float]]:
    """Yield the 95 % limits of the curve as (seconds, low, high), on the log-log scale (Kalbfleisch & Prentice 1980).

    That scale knows no limit above a share of 0. There the share before is taken, times Wilson's limit for none of
    those who had been there until then: 30 people who all took ten minutes have a median of ten minutes.
    """
    high = 1.0
    for seconds, staying, at_risk, variance in curve:
        if staying > 0:
            factor = exp(Z95 * sqrt(variance) / -log(staying))
            low, high = staying**factor, staying ** (1 / factor)
            yield seconds, low, high
        else:
            yield seconds, 0.0, high * wilson_interval(0, at_risk)[1]


def _first_time(curve: Sequence[CurveStep], share: float) -> float | None:
    """Return the first time at which the curve, which only falls, is down to a share."""
    place = bisect_left(curve, -share - _ROUNDING, key=lambda step: -step.staying)
    return curve[place].seconds if place < len(curve) else None
