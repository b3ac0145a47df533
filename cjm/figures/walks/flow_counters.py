"""Counters of one stage's flow: what a walk adds to them, and what they still hold when walks are taken out.

An entry counts under its hour, together with the moments of those who are still there: ``total`` is their number,
``squares`` and ``raw`` are the sums of their seconds after the full hour and of the squares of these. So the counters
know how long people have been waiting, also where all came in one minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from cjm.figures.tally import ENTERED, TOOK, WENT_ON, CounterSums
from cjm.figures.walks.durations import bucket_position, duration_bucket, hour_bucket, hour_start

WHOLE_DAY = ""
"""Bucket of entries of which only the day is known."""

NOTHING = CounterSums(0)


class StageWalk(NamedTuple):
    """Walk at a stage: the day that its entry counts under, its time, and the time at which it went on, both in UTC."""

    day: date
    at: datetime
    next_at: datetime | None


class FlowMove(NamedTuple):
    """Amount that a walk adds to a counter of its stage, named without the stage, the cohort and the channel."""

    day: date
    measure: str
    bucket: str
    sums: CounterSums


def walk_moves(walk: StageWalk, window: timedelta) -> list[FlowMove]:
    """Return what a walk adds to the counters of its stage."""
    hour = hour_bucket(walk.at, walk.day)
    if walk.next_at is None:
        seconds = (walk.at - hour_start(walk.day, hour)) // timedelta(seconds=1)
        return [FlowMove(walk.day, ENTERED, hour, CounterSums(1, 1, seconds, seconds * seconds))]
    took = walk.next_at - walk.at
    position = bucket_position(took.total_seconds())
    moves = [
        FlowMove(walk.day, ENTERED, hour, CounterSums()),
        FlowMove(
            walk.day, TOOK, str(duration_bucket(took.total_seconds())), CounterSums(1, position, position * position)
        ),
    ]
    # A conversion is final once the window is over; a walk that goes on later counts for the time alone.
    if took <= window:
        moves.append(FlowMove(walk.day, WENT_ON, "", CounterSums()))
    return moves


@dataclass(slots=True)
class FlowCounters:
    """Sums of one stage's flow counters in a scope; before ``hours_from`` the hours of a day are one."""

    hours_from: date
    entered: dict[tuple[date, str], CounterSums] = field(default_factory=dict)
    took: dict[int, CounterSums] = field(default_factory=dict)
    went_on: int = 0

    def add(self, move: FlowMove) -> None:
        """Add an amount; one below zero takes it back."""
        if move.measure == ENTERED:
            hour = move.day, (move.bucket if move.day >= self.hours_from else WHOLE_DAY)
            self.entered[hour] = self.entered.get(hour, NOTHING) + move.sums
        elif move.measure == TOOK:
            index = int(move.bucket)
            self.took[index] = self.took.get(index, NOTHING) + move.sums
        elif move.measure == WENT_ON:
            self.went_on += move.sums.n

    def take_out(self, walks: Iterable[StageWalk], window: timedelta) -> None:
        """Take the amounts of these walks back, so that only the other walks are left."""
        for walk in walks:
            for move in walk_moves(walk, window):
                self.add(move._replace(sums=-move.sums))

    @property
    def walks(self) -> int:
        """Number of walks that entered."""
        return sum(sums.n for sums in self.entered.values())
