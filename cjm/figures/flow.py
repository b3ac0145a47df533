"""Flow of a stage from daily counters: the share of passages that went on, and the time they took.

* Times are counted in buckets of equal ratio, each 5 % wider than the one before. Counters can be added and taken back,
  while single passages cannot be kept for ever.
* A time of a second or more is right to within 2.5 %, whether it is a minute or a year. Those who still wait are
  counted in whole days.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import exp, floor, log

from cjm.figures.intervals import wilson_interval
from cjm.figures.journey_map import StageTime
from cjm.figures.score import Score, Verdict, verdict_for
from cjm.figures.tally import ENTERED, TOOK

_STEP = log(1.05)  # the width of a bucket, as a logarithm


@dataclass(frozen=True, slots=True)
class FlowCount:
    """Flow counter of a stage: ``n`` passages that entered it on ``day``, by measure and bucket of duration."""

    stage: str
    day: date
    measure: str
    bucket: str
    n: int


def duration_bucket(seconds: float) -> int:
    """Return the bucket of a duration: 0 below 1.05 s, then one for every 5 % more (a year is 353).

    Raises ``ValueError`` for a negative duration or one that is not a number.
    """
    if not seconds >= 0:
        raise ValueError(f"a duration is 0 seconds or more, not {seconds}")
    # Without the tiny addition, rounding would put a bound of `bucket_bounds` into the bucket below it.
    return floor(log(max(seconds, 1.0)) / _STEP + 1e-9)


def bucket_bounds(index: int) -> tuple[float, float]:
    """Return the seconds at which a bucket begins (included) and ends (excluded); the first one begins at 0."""
    if index < 0:
        raise ValueError(f"buckets are counted from 0, not {index}")
    return (exp(index * _STEP) if index else 0.0), exp((index + 1) * _STEP)


def bucket_middle(index: int) -> float:
    """Return the seconds that a bucket stands for: its geometric middle, within 2.5 % of its times from 1 s up."""
    return exp((index + 0.5) * _STEP)


def conversion_score(entered: int, went_on: int, *, judge_from: int = 10, minimum: int = 5) -> Score:
    """Return the share, in %, that went on to any later stage, of those whose time to go on is over.

    ``entered`` are the passages that entered the stage and whose window has passed; one still within it is "on the way"
    and part of neither number. The interval is Wilson's at 95 %; the score is withheld and grey like any
    other. ``mean`` and ``counts`` are ``None``, as this is no answer to a question. Raises ``ValueError`` unless
    0 ≤ went_on ≤ entered.
    """
    if not 0 <= went_on <= entered:
        raise ValueError(f"{went_on} of {entered} went on: a counter was moved too far")
    verdict = verdict_for(entered, judge_from=judge_from, minimum=minimum)
    if verdict is Verdict.WITHHELD:
        return Score(entered, entered, None, None, None, None, None, verdict)
    low, high = wilson_interval(went_on / entered, entered)
    return Score(entered, entered, 100 * went_on / entered, 100 * low, 100 * high, None, None, verdict)


def stage_time(durations: Mapping[int, int], waiting: Mapping[int, int], *, minimum: int = 5) -> StageTime:
    """Return the median and the 90th percentile of the seconds to a later stage (Kaplan & Meier 1958).

    ``durations`` counts by bucket those who went on after that time, ``waiting`` those who have been waiting for that
    time. Within a bucket those who went on come first. A quantile that the data do not reach is ``None``, and so are
    both with fewer than ``minimum`` passages. Raises ``ValueError`` for a count below 0.
    """
    if min((*durations.values(), *waiting.values()), default=0) < 0:
        raise ValueError("a counter of durations was moved below zero")
    at_risk = sum(durations.values()) + sum(waiting.values())
    if at_risk < minimum:
        return StageTime(None, None)
    staying = 1.0
    median: float | None = None
    p90: float | None = None
    for index in sorted({*durations, *waiting}):
        gone = durations.get(index, 0)
        if gone:
            staying *= 1 - gone / at_risk
            # The tiny addition: half of an even number, taken step by step, may come out just above 0.5.
            median = bucket_middle(index) if median is None and staying <= 0.5 + 1e-12 else median
            p90 = bucket_middle(index) if p90 is None and staying <= 0.1 + 1e-12 else p90
        at_risk -= gone + waiting.get(index, 0)
    return StageTime(median, p90)


def sum_flow(counts: Iterable[FlowCount], measure: str) -> int:
    """Return how many passages the counters of one measure hold."""
    return sum(each.n for each in counts if each.measure == measure)


def split_by_bucket(counts: Iterable[FlowCount], today: date) -> tuple[dict[int, int], dict[int, int]]:
    """Return durations of those who went on and waiting times, in whole days, of the others, by bucket."""
    durations: Counter[int] = Counter()
    still_here: defaultdict[date, int] = defaultdict(int)
    for each in counts:
        if each.measure == TOOK:
            durations[int(each.bucket)] += each.n
            still_here[each.day] -= each.n
        elif each.measure == ENTERED:
            still_here[each.day] += each.n
    waiting: Counter[int] = Counter()
    for day, n in still_here.items():
        if n > 0:
            waiting[duration_bucket((today - day).days * 86_400)] += n
    return dict(durations), dict(waiting)
