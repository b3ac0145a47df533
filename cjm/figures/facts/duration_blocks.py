"""Blocks of durations: sums over spans keep the counters of neighbouring buckets in one row.

Times at stages have hundreds of buckets (`cjm.figures.walks.durations`). A row for each of them would be most of what
a map of a month reads, so a span has a row for `BLOCK` buckets, which tells of each as its counter does: how many, and
the sums of their positions and of the squares of these.

* There are blocks of everyone over all channels, and blocks by cohort and channel, both for days and for weeks.
* Live and settled counters are added up: what is told of times tells them together.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cjm.figures.facts.spans import DAY, DURATIONS, WEEK, week_start
from cjm.figures.tally import CounterSums, Move

BLOCK = 16
"""Buckets in a row. It is stored: it never changes."""

EVERYONE, ALL_CHANNELS = 0, ""
"""Cohort and channel of the blocks of everyone; no cohort has this id."""


class BlockKey(NamedTuple):
    """Name of one block: the buckets from ``block * BLOCK`` on, in the span of so many days that begins on ``day``."""

    journey: str
    cohort_id: int
    span: int
    day: date
    measure: str
    subject: str
    channel: str
    block: int


@dataclass(frozen=True, slots=True)
class BlockSums:
    """Sums of the buckets of a block, by their place in it; what is not there is zero."""

    buckets: Mapping[int, CounterSums]

    def __add__(self, other: "BlockSums") -> "BlockSums":
        buckets = dict(self.buckets)
        for place, sums in other.buckets.items():
            buckets[place] = buckets[place] + sums if place in buckets else sums
        return BlockSums(buckets)

    def __neg__(self) -> "BlockSums":
        return BlockSums({place: -sums for place, sums in self.buckets.items()})

    @property
    def is_zero(self) -> bool:
        """True if adding this changes nothing."""
        return all(sums.is_zero for sums in self.buckets.values())


BlockMove = tuple[BlockKey, BlockSums]


def block_moves(moves: Iterable[Move]) -> Iterator[BlockMove]:
    """Yield what moves of counters of durations add to blocks; other counters have none."""
    for (journey, day, subject, measure, bucket, cohort_id, channel, _), sums in moves:
        if measure not in DURATIONS:
            continue
        block, place = divmod(int(bucket), BLOCK)
        added = BlockSums({place: sums})
        for span, first in ((DAY, day), (WEEK, week_start(day))):
            for cohort, at in ((EVERYONE, ALL_CHANNELS), (cohort_id, channel)):
                yield BlockKey(journey, cohort, span, first, measure, subject, at, block), added
