"""Facts of a stage's walks from counters alone: their worth, and the time from their start to this stage.

* A walk counts as lost once the whole hour of its entry is so long ago that its time to go on is over: up to an hour
  later than in the conversion. So sums are exact for any number of walks.
* An amount that one or few people told is nobody else's business: see `StageAmount` for what is withheld.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from math import ceil

from cjm.figures.facts.spans import DAY, WEEK
from cjm.figures.map_parts.stage_facts import StageAmount, StartTime
from cjm.figures.tally import CounterSums
from cjm.figures.walks.durations import HOUR, hour_start, seconds_at
from cjm.figures.walks.entry_times import read_hours
from cjm.figures.walks.flow_counters import HUNDREDTHS, NOTHING, WHOLE_DAY, WHOLE_WEEK

HourSums = Mapping[tuple[date, str], CounterSums]
"""Sums by day and hour of entry, as in `FlowCounters`."""


def measure_start_time(since_start: Mapping[int, CounterSums], *, minimum: int = 5) -> StartTime | None:
    """Return the median time from the start of a walk to its entry; None with fewer walks than the minimum.

    It is within 2.5 % of the exact one, like the times that are read from counters.
    """
    n = sum(sums.n for sums in since_start.values())
    if n < max(minimum, 1):
        return None
    seen = 0
    for index in sorted(since_start):
        sums = since_start[index]
        seen += sums.n
        if sums.n > 0 and seen >= ceil(n / 2):
            return StartTime(seconds_at(index, sums.total / sums.n) if index else 0.0, n)
    raise ValueError("a counter of durations was moved too far")


def measure_amount(amounts: HourSums, end: datetime, zone: tzinfo, *, minimum: int = 5) -> StageAmount | None:
    """Return the worth of the walks that told an amount; None with fewer of them than the minimum.

    Walks that entered before ``end`` have no more time to go on.
    """
    everyone = _add_up(amounts.values())
    if everyone.n < max(minimum, 1):
        return None
    over = _add_up(sums for (day, bucket), sums in amounts.items() if _block_end(day, bucket, zone) <= end)
    lost_n = round(over.raw)
    rest = everyone.n - lost_n
    can_tell = all(n == 0 or n >= minimum for n in (lost_n, rest))
    lost = over.squares / HUNDREDTHS if can_tell else None
    return StageAmount(everyone.n, everyone.total / HUNDREDTHS, lost_n, lost)


def withhold_amount(amount: StageAmount, everyone: StageAmount, minimum: int) -> StageAmount | None:
    """Return the amount of a part of everyone without what tells the amounts of a few, taken from everyone's amount."""
    others, others_lost = everyone.n - amount.n, everyone.lost_n - amount.lost_n
    if 0 < others < minimum:
        return None
    tells_few = any(0 < n < minimum for n in (others_lost, others - others_lost))
    return replace(amount, lost=None) if tells_few else amount


def _add_up(sums: Iterable[CounterSums]) -> CounterSums:
    return sum(sums, NOTHING)


def _block_end(day: date, bucket: str, zone: tzinfo) -> datetime:
    if bucket not in (WHOLE_DAY, WHOLE_WEEK):
        return hour_start(day, bucket) + read_hours(bucket)[1] * HOUR
    return datetime.combine(day + timedelta(days=DAY if bucket == WHOLE_DAY else WEEK), time(), zone)
