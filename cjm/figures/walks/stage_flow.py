"""Flow of a stage: the walks that entered, the share that went on, and their time, from rows and counters together.

* Walks given one by one are exact. The others are known from counters: the time that they took by buckets of 5 %, and
  since when they have been waiting by the hour, with the mean and the spread inside of both.
* A walk is over when the journey's window has passed since its entry, to the second. One that has not gone on and is
  not over is on the way; one that has gone on but is not over is part of no conversion yet: those who will not go on
  are not known either.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from math import ceil, inf, sqrt
from typing import NamedTuple

from cjm.figures.facts.spans import DAY, WEEK
from cjm.figures.intervals import wilson_interval
from cjm.figures.journey_map import StageTime
from cjm.figures.map_parts.stage_facts import StageAmount, StartTime
from cjm.figures.score import Score, Verdict, verdict_for
from cjm.figures.tally import CounterSums
from cjm.figures.walks.durations import HOUR_SECONDS, hour_start, seconds_at
from cjm.figures.walks.entry_times import read_hours
from cjm.figures.walks.flow_counters import DAY_SECONDS, WHOLE_DAY, WHOLE_WEEK, FlowCounters, StageWalk
from cjm.figures.walks.survival import slow_time, stage_time
from cjm.figures.walks.walk_facts import measure_amount, measure_start_time

_BUCKET_POINTS = 4  # that stand for those who went on within one bucket
_HOUR_POINTS = 60  # most that stand for those who came within one hour: with few, the longest wait would be too short
_FINENESS = 0.01  # the distance of two such points, as a share of the wait

_Waits = defaultdict[float, float]


@dataclass(frozen=True, slots=True)
class StageFlow:
    """Flow of one stage.

    ``walks`` entered it. Of them ``over`` have no more time to go on, and ``went_on`` of these did so in time;
    ``on_the_way`` still have time. ``time`` is about all walks; somebody who stands there for more than ``slow_s``
    seconds does so longer than most (`cjm.figures.walks.survival.slow_time`). ``amount`` has no unit here.
    """

    walks: int
    over: int
    went_on: int
    on_the_way: int
    time: StageTime
    slow_s: float | None = None
    amount: StageAmount | None = None
    start_time: StartTime | None = None


@dataclass(frozen=True, slots=True)
class FlowMoment:
    """Time of reading in UTC, the journey's window and its zone: they decide which walks are over."""

    now: datetime
    window: timedelta
    zone: tzinfo


class _EntryBlock(NamedTuple):
    """Entries of an hour, day or week: their number, and that of those who still wait, with mean and spread in s."""

    start: datetime
    seconds: float
    entered: int
    waiting: float
    mean: float
    spread: float

    def is_before(self, moment: datetime) -> bool:
        """Return whether certainly nobody came at ``moment`` or later, also where the spread reaches beyond the end."""
        seconds = (moment - self.start).total_seconds()
        return seconds >= self.seconds and seconds > self.mean + 2 * self.spread

    def share_after(self, moment: datetime) -> float:
        """Return the share of the entries, spread evenly, that came at ``moment`` or later."""
        return _clamp(1 - (moment - self.start).total_seconds() / self.seconds)

    def waiting_after(self, moment: datetime) -> float:
        """Return the number of those waiting that came at ``moment`` or later."""
        cut = (moment - self.start).total_seconds()
        half_width = sqrt(3) * self.spread  # of an even spread with this standard deviation
        if half_width < 1:
            return self.waiting if self.mean >= cut else 0.0
        return self.waiting * _clamp(0.5 + (self.mean - cut) / (2 * half_width))


def conversion_score(over: int, went_on: int, *, judge_from: int = 10, minimum: int = 5) -> Score:
    """Return the share, in %, of the walks without time left that went on to any later stage in time.

    The interval is Wilson's at 95 %; walks of one person count as independent. The score is withheld and grey like any
    other. ``mean`` and ``counts`` are ``None``, as this is no answer to a question. Raises ``ValueError`` unless
    0 ≤ went_on ≤ over.
    """
    if not 0 <= went_on <= over:
        raise ValueError(f"{went_on} of {over} went on: a counter was moved too far")
    verdict = verdict_for(over, judge_from=judge_from, minimum=minimum)
    if verdict is Verdict.WITHHELD:
        return Score(over, over, None, None, None, None, None, verdict)
    low, high = wilson_interval(went_on / over, over)
    return Score(over, over, 100 * went_on / over, 100 * low, 100 * high, None, None, verdict)


def measure_flow(
    walks: Sequence[StageWalk], others: FlowCounters, moment: FlowMoment, *, minimum: int = 5
) -> StageFlow:
    """Return the flow of a stage from walks and from the counters of the ``others``.

    Exact without others, except for amounts and starts: ``others`` holds those of all walks. Times are withheld with
    fewer than ``minimum`` walks.
    """
    blocks = list(_entry_blocks(others, moment)) if others.walks > 0 else []
    over, went_on, on_the_way = _count_conversion(walks, others, blocks, moment)
    gone, waiting = _wait_of_walks(walks, moment.now)
    if blocks:
        for block in blocks:
            _add_waiting(waiting, block, moment.now)
        _add_gone(gone, others, longest=max(waiting, default=0.0))
    time = stage_time(gone, waiting, minimum=minimum)
    return StageFlow(
        walks=len(walks) + others.walks,
        over=over,
        went_on=went_on,
        on_the_way=on_the_way,
        time=time,
        slow_s=slow_time(time, gone),
        amount=measure_amount(others.amounts, moment.now - moment.window, moment.zone, minimum=minimum),
        start_time=measure_start_time(others.since_start, minimum=minimum),
    )


class ConversionCounts(NamedTuple):
    """Walks whose time to go on is over, those of them that went on in time, and those that still have time."""

    over: int
    went_on: int
    on_the_way: int


def count_conversion(walks: Sequence[StageWalk], others: FlowCounters, moment: FlowMoment) -> ConversionCounts:
    """Return the counts of a conversion, without the times; as `measure_flow` finds them."""
    blocks = list(_entry_blocks(others, moment)) if others.walks > 0 else []
    return _count_conversion(walks, others, blocks, moment)


def _count_conversion(
    walks: Sequence[StageWalk], others: FlowCounters, blocks: Sequence[_EntryBlock], moment: FlowMoment
) -> ConversionCounts:
    end = moment.now - moment.window  # entries at this time or later may still go on in time
    is_over = [walk for walk in walks if walk.at < end]
    over, on_the_way = len(is_over), sum(walk.at >= end and walk.next_at is None for walk in walks)
    went_on = sum(each.next_at is not None and each.next_at - each.at <= moment.window for each in is_over)
    if blocks:
        young, still_young = _count_young(blocks, end)
        older = others.walks - young
        over += older
        # Those who went on and are young did so in time: they have not had more.
        went_on += min(older, max(0, others.went_on - (young - still_young)))
        on_the_way += still_young
    return ConversionCounts(over, went_on, on_the_way)


def _wait_of_walks(walks: Iterable[StageWalk], now: datetime) -> tuple[_Waits, _Waits]:
    gone: _Waits = defaultdict(float)
    waiting: _Waits = defaultdict(float)
    for walk in walks:
        if walk.next_at is not None:
            gone[(walk.next_at - walk.at).total_seconds()] += 1
        else:  # an event's clock may run ahead of ours: such a wait has not begun
            waiting[max(0.0, (now - walk.at).total_seconds())] += 1
    return gone, waiting


def _count_young(blocks: Iterable[_EntryBlock], end: datetime) -> tuple[int, int]:
    """Return how many entered at ``end`` or later, and how many of them still wait."""
    young = still_young = 0.0
    for block in blocks:
        if block.is_before(end):
            continue
        n, waiting = block.entered * block.share_after(end), block.waiting_after(end)
        young += max(n, waiting)
        still_young += waiting
    return round(young), min(round(young), round(still_young))


# ---- counters as walks -----------------------------------------------------------------------------------------------


def _entry_blocks(others: FlowCounters, moment: FlowMoment) -> Iterator[_EntryBlock]:
    for (day, bucket), sums in others.entered.items():
        if sums.n <= 0:
            continue
        if bucket == WHOLE_WEEK:
            yield _week_block(day, sums, moment.zone)
        else:
            yield _day_block(day, sums, moment.zone) if bucket == WHOLE_DAY else _hour_block(day, bucket, sums)


def _hour_block(day: date, bucket: str, sums: CounterSums) -> _EntryBlock:
    waiting, mean, variance = _find_moments(sums)
    seconds = read_hours(bucket)[1] * HOUR_SECONDS
    return _EntryBlock(hour_start(day, bucket), seconds, sums.n, waiting, mean, sqrt(variance))


def _find_moments(sums: CounterSums) -> tuple[float, float, float]:
    """Return how many wait, and the mean and the variance of the moments at which they came."""
    waiting = min(float(sums.n), max(0.0, sums.total))
    if not waiting:
        return 0.0, 0.0, 0.0
    mean = sums.squares / waiting
    return waiting, mean, max(0.0, sums.raw / waiting - mean * mean)


def _day_block(day: date, sums: CounterSums, zone: tzinfo) -> _EntryBlock:
    start, seconds = _find_span(day, DAY, zone)
    waiting, _mean, _variance = _find_moments(sums)  # where they lie in the day is not looked at
    return _EntryBlock(start, seconds, sums.n, waiting, seconds / 2, seconds / sqrt(12))


def _week_block(monday: date, sums: CounterSums, zone: tzinfo) -> _EntryBlock:
    """Return the entries of a week, those of each of its days spread evenly over the day."""
    start, seconds = _find_span(monday, WEEK, zone)
    waiting, mean, variance = _find_moments(sums)
    spread = sqrt(variance + DAY_SECONDS**2 / 12)
    return _EntryBlock(start, seconds, sums.n, waiting, mean + DAY_SECONDS / 2, spread)


@lru_cache(4096)  # each stage has the same days
def _find_span(first: date, days: int, zone: tzinfo) -> tuple[datetime, float]:
    """Return the beginning of some days and their seconds: a day has 23 or 25 hours where clocks are changed."""
    start, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (first, first + timedelta(days)))
    return start, (end - start).total_seconds()


def _add_gone(gone: _Waits, others: FlowCounters, longest: float) -> None:
    """Add those who went on; ``longest`` is the longest wait of those who have not."""
    for index, sums in others.took.items():
        if sums.n <= 0:
            continue
        mean = sums.total / sums.n
        spread = sqrt(max(0.0, sums.squares / sums.n - mean * mean))
        # Where all came at once, nobody took longer than the others have been waiting: spreading must not say so.
        most = longest if seconds_at(index, mean) <= longest else inf
        for position, weight in _spread_evenly(sums.n, mean, spread, (-0.5, 0.5), _BUCKET_POINTS):
            gone[min(most, seconds_at(index, position))] += weight


def _add_waiting(waiting: _Waits, block: _EntryBlock, now: datetime) -> None:
    if block.waiting <= 0:
        return
    age = (now - block.start).total_seconds()
    wanted = ceil(min(block.seconds, 4 * block.spread) / (_FINENESS * max(1.0, age - block.seconds)))
    most = max(1, min(_HOUR_POINTS, wanted))
    for seconds, weight in _spread_evenly(block.waiting, block.mean, block.spread, (0.0, block.seconds), most):
        waiting[max(0.0, age - seconds)] += weight


def _spread_evenly(
    weight: float, mean: float, spread: float, bounds: tuple[float, float], most: int
) -> list[tuple[float, float]]:
    """Return points of equal weight with this mean and standard deviation, inside of the bounds."""
    low, high = bounds
    points = most if spread > 1e-4 * (high - low) else 1
    if points == 1:  # by far the most frequent case
        return [(min(high, max(low, mean)), weight)]
    places = [mean + sqrt(3) * spread * ((2 * number + 1) / points - 1) for number in range(points)]
    return [(min(high, max(low, place)), weight / points) for place in places]


def _clamp(share: float) -> float:
    return min(1.0, max(0.0, share))
