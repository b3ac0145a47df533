"""Random logs of one stage, and an exact Kaplan–Meier that shares no code with the product."""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from cjm.figures.walks.entry_times import EntryDetail
from cjm.figures.walks.flow_counters import FlowCounters, StageWalk, walk_moves
from cjm.figures.walks.stage_flow import FlowMoment, StageFlow, measure_flow

NOW = datetime(2026, 11, 26, 13, 37, 11, tzinfo=UTC)
WINDOW = timedelta(days=14)
WARSAW = ZoneInfo("Europe/Warsaw")
MOMENT = FlowMoment(NOW, WINDOW, WARSAW)


def walk_at(at: datetime, took: timedelta | None = None, zone: tzinfo = WARSAW) -> StageWalk:
    return StageWalk(at.astimezone(zone).date(), at, None if took is None else at + took)


def count_walks(walks: Sequence[StageWalk], now: datetime = NOW, window: timedelta = WINDOW) -> FlowCounters:
    """Return the counters that the walks make, as they are read at ``now``."""
    counters = FlowCounters(EntryDetail.at(now, window, date(2020, 1, 1), now.date()))
    for walk in walks:
        for move in walk_moves(walk, window):
            counters.add(move)
    return counters


def measure(walks: list[StageWalk], moment: FlowMoment = MOMENT, most_rows: int = 1000) -> StageFlow:
    """Return the flow as it is read: all walks where they are few, else the newest who wait, and counters."""
    newest = sorted(walks, key=lambda walk: walk.at, reverse=True)
    read = newest if len(walks) <= most_rows else [w for w in newest if w.next_at is None][:most_rows]
    others = count_walks(walks, moment.now, moment.window)
    others.take_out(read, moment.window)
    return measure_flow(read, others, moment)


def exact_quantile(walks: Sequence[StageWalk], share: float, now: datetime = NOW) -> float | None:
    """Return the time at which no more than ``share`` are still there, from the number of walks seen so long."""
    took = Counter((w.next_at - w.at).total_seconds() for w in walks if w.next_at)
    seen = sorted(((w.next_at or now) - w.at).total_seconds() for w in walks)
    staying = 1.0
    for end in sorted(took):
        at_risk = len(seen) - bisect_left(seen, end)
        staying *= 1 - took[end] / at_risk
        if staying <= share + 1e-9:
            return end
    return None


def is_within_a_hair(found: float | None, walks: list[StageWalk], share: float, hair: float) -> bool:
    """Tell whether a time is within 2.5 % of the exact one, also if the curve missed the share by a hair."""
    first, last = (exact_quantile(walks, share + side * hair) for side in (1, -1))
    if found is None:
        return last is None
    return first is not None and 0.975 * first <= found and (last is None or found <= 1.025 * last)


def random_log(seed: int, n: int) -> list[StageWalk]:
    """Return walks of one kind of business, chosen by the seed: quick or slow, in bursts or even, old or new."""
    rng = random.Random(seed)
    days = rng.choice([0.02, 0.2, 1, 3, 28, 28, 90, 400])
    ends = timedelta(days=rng.choice([0, 0, 0, 1, 20]))  # how long ago the window ended
    take = rng.choice(_DURATIONS)
    never = rng.choice([0, 0.1, 0.4, 0.6])
    bursts = rng.choice([0, 0, 1, 5])  # moments at which many came at once; 0 for even
    moments = [rng.random() for _ in range(bursts)]
    walks = []
    for _ in range(n):
        place = rng.choice(moments) if moments else rng.random()
        at = NOW - ends - timedelta(seconds=int(place * days * 86_400))
        took = timedelta(seconds=take(rng))
        has_left = rng.random() >= never and at + took <= NOW
        walks.append(walk_at(at, took if has_left else None))
    return walks


_DURATIONS: list[Callable[[random.Random], float]] = [
    lambda rng: rng.expovariate(1 / 1200),
    lambda rng: rng.lognormvariate(9, 1.5),
    lambda rng: rng.choice([600.0, 21_600.0]),
    lambda rng: rng.uniform(1, 2) * rng.choice([60, 40_000, 900_000]),
    lambda rng: rng.paretovariate(0.7) * 30,
]
