"""From daily counters to the figures of a stage's flow: who went on, and how long it took.

Times are counted in buckets of equal ratio, about 5 % wide, because counters can be added and taken back and single
passages cannot be kept for ever: a quantile is right to within 2.5 %, whether it is a minute or a year.
"""

from collections.abc import Mapping
from math import exp, floor, log

from cjm.figures.intervals import wilson_interval
from cjm.figures.journey_map import StageTime
from cjm.figures.score import Score, Verdict, verdict_for

_STEP = log(1.05)


def duration_bucket(seconds: float) -> int:
    """The bucket a duration falls into: 0 below 1.05 s, then one for every 5 % more (a year is 353).

    Raises ``ValueError`` for a negative duration or one that is not a number.
    """
    if not seconds >= 0:
        raise ValueError(f"a duration is 0 seconds or more, not {seconds}")
    # The tiny step up keeps a bound that was computed here in the bucket it opens.
    return floor(log(max(seconds, 1.0)) / _STEP + 1e-9)


def bucket_bounds(index: int) -> tuple[float, float]:
    """Seconds from which (included) and to which (not included) a bucket counts; the first one counts from 0."""
    if index < 0:
        raise ValueError(f"buckets are counted from 0, not {index}")
    return (exp(index * _STEP) if index else 0.0), exp((index + 1) * _STEP)


def bucket_middle(index: int) -> float:
    """The seconds a bucket stands for: the geometric middle, less than 2.5 % from anything in it."""
    return exp((index + 0.5) * _STEP)


def conversion_score(entered: int, went_on: int, *, judge_from: int = 10, minimum: int = 5) -> Score:
    """The share, in %, that went on to any later stage, of those whose time to go on is over.

    ``entered`` are the customers who entered the stage and whose window has passed: who is still within it is "on
    the way" and in neither number. Wilson's interval at 95 %, withheld and grey like any score; ``mean`` and
    ``counts`` are ``None``, as nobody was asked. Raises ``ValueError`` unless 0 ≤ went_on ≤ entered.
    """
    if not 0 <= went_on <= entered:
        raise ValueError(f"{went_on} of {entered} went on: a counter was moved too far")
    may = verdict_for(entered, judge_from=judge_from, minimum=minimum)
    if may is Verdict.WITHHELD:
        return Score(entered, entered, None, None, None, None, None, may)
    low, high = wilson_interval(went_on / entered, entered)
    return Score(entered, entered, 100 * went_on / entered, 100 * low, 100 * high, None, None, may)


def stage_time(durations: Mapping[int, int], waiting: Mapping[int, int], *, minimum: int = 5) -> StageTime:
    """The median and the 90th percentile of the seconds to a later stage (Kaplan & Meier 1958).

    ``durations``: bucket → how many went on after so long; ``waiting``: bucket → how many had been waiting so long
    when last seen. Within a bucket those who went on come first. A quantile that is not reached is ``None``, and so
    are both with fewer than ``minimum`` people. Raises ``ValueError`` for a count below 0.
    """
    if min((*durations.values(), *waiting.values()), default=0) < 0:
        raise ValueError("a counter of durations was moved below zero")
    at_risk = sum(durations.values()) + sum(waiting.values())
    if at_risk < minimum:
        return StageTime(None, None)
    staying, median, p90 = 1.0, None, None
    for index in sorted({*durations, *waiting}):
        gone = durations.get(index, 0)
        if gone:
            staying *= 1 - gone / at_risk
            median = _keep_first(median, staying <= 0.5 + 1e-12, index)
            p90 = _keep_first(p90, staying <= 0.1 + 1e-12, index)
        at_risk -= gone + waiting.get(index, 0)
    return StageTime(median, p90)


def _keep_first(before: float | None, now: bool, index: int) -> float | None:
    return bucket_middle(index) if before is None and now else before
