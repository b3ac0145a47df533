"""Counters of one stage's flow: what a walk adds to them, and what they still hold when walks are taken out.

An entry counts under its hour, together with the moments of those who are still there: ``total`` is their number,
``squares`` and ``raw`` are the sums of their seconds after the full hour and of the squares of these. So the counters
know how long people have been waiting, also where all came in one minute.

An amount counts under the hour of entry too, in hundredths, as whole numbers add up without rounding: ``total`` is the
sum over the walks that told one, ``raw`` the number of those that have not gone on in time, ``squares`` their sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from cjm.figures.facts.spans import DURATIONS, week_start
from cjm.figures.tally import AMOUNT, ENTERED, SINCE_START, TOOK, WENT_ON, CounterSums
from cjm.figures.walks.durations import HOUR_SECONDS, find_duration_place, find_hour_place, hour_bucket
from cjm.figures.walks.entry_times import EntryDetail, find_block, name_block

WHOLE_DAY = ""
"""Bucket of entries of which only the day is known."""

WHOLE_WEEK = "week"
"""Bucket of the entries of a week, under its Monday: moments are those at which their days begin."""

DAY_SECONDS = 24 * HOUR_SECONDS

NOTHING = CounterSums(0)

LARGEST_AMOUNT = 1e12
"""Amounts beyond it, on either side of zero, are not counted: they are slips, and sums would not be exact any more."""

HUNDREDTHS = 100

_SECOND = timedelta(seconds=1)


class StageWalk(NamedTuple):
    """Walk at a stage: the day that its entry counts under, its time, and the time at which it went on, both in UTC.

    ``started_at`` and ``amount`` are as in `StageEntry`. They may be left out where only the flow is asked for.
    """

    day: date
    at: datetime
    next_at: datetime | None
    started_at: datetime | None = None
    amount: float | None = None


class FlowMove(NamedTuple):
    """Amount that a walk adds to a counter of its stage, named without the stage, the cohort and the channel."""

    day: date
    measure: str
    bucket: str
    sums: CounterSums


def walk_moves(walk: StageWalk, window: timedelta) -> list[FlowMove]:
    """Return what a walk adds to the counters of its stage."""
    return [*_presence_moves(walk, window), *_start_moves(walk), *_amount_moves(walk, window)]


def _start_moves(walk: StageWalk) -> list[FlowMove]:
    if walk.started_at is None:
        return []
    return [_duration_move(walk.day, SINCE_START, walk.at - walk.started_at)]


def _amount_moves(walk: StageWalk, window: timedelta) -> list[FlowMove]:
    if walk.amount is None or not abs(walk.amount) <= LARGEST_AMOUNT:
        return []
    amount = round(walk.amount * HUNDREDTHS)
    is_in_time = walk.next_at is not None and walk.next_at - walk.at <= window
    sums = CounterSums(1, amount) if is_in_time else CounterSums(1, amount, squares=amount, raw=1)
    return [FlowMove(walk.day, AMOUNT, hour_bucket(walk.at, walk.day), sums)]


def _duration_move(day: date, measure: str, duration: timedelta) -> FlowMove:
    bucket, position = find_duration_place(duration.total_seconds())
    return FlowMove(day, measure, str(bucket), CounterSums(1, position, position * position))


def _presence_moves(walk: StageWalk, window: timedelta) -> list[FlowMove]:
    hour, since_hour = find_hour_place(walk.at, walk.day)
    if walk.next_at is None:
        seconds = since_hour // _SECOND
        return [FlowMove(walk.day, ENTERED, hour, CounterSums(1, 1, seconds, seconds * seconds))]
    took = walk.next_at - walk.at
    moves = [FlowMove(walk.day, ENTERED, hour, CounterSums()), _duration_move(walk.day, TOOK, took)]
    # A conversion is final once the window is over; a walk that goes on later counts for the time alone.
    if took <= window:
        moves.append(FlowMove(walk.day, WENT_ON, "", CounterSums()))
    return moves


def shift_moments(sums: CounterSums, seconds: int) -> CounterSums:
    """Return the sums of entries with their moments counted from so many seconds earlier."""
    squares = sums.squares + seconds * sums.total
    raw = sums.raw + seconds * (2 * sums.squares + seconds * sums.total)
    return replace(sums, squares=squares, raw=raw)


@dataclass(slots=True)
class FlowCounters:
    """Sums of one stage's flow counters in a scope; ``detail`` tells which hours of a day are one."""

    detail: EntryDetail
    entered: dict[tuple[date, str], CounterSums] = field(default_factory=dict)
    took: dict[int, CounterSums] = field(default_factory=dict)
    went_on: int = 0
    since_start: dict[int, CounterSums] = field(default_factory=dict)
    amounts: dict[tuple[date, str], CounterSums] = field(default_factory=dict)

    def add(self, move: FlowMove) -> None:
        """Add an amount; one below zero takes it back."""
        if move.measure in (ENTERED, AMOUNT):
            hours = self.entered if move.measure == ENTERED else self.amounts
            key, sums = self._find_hours(move)
            before = hours.get(key)
            hours[key] = sums if before is None else before + sums
        elif move.measure in DURATIONS:
            self.add_duration(move.measure, int(move.bucket), move.sums)
        elif move.measure == WENT_ON:
            self.went_on += move.sums.n

    def _find_hours(self, move: FlowMove) -> tuple[tuple[date, str], CounterSums]:
        """Return the day and bucket that an entry or amount is kept under, and its sums as they are counted there."""
        day, bucket, sums, is_entry = move.day, move.bucket, move.sums, move.measure == ENTERED
        if bucket == WHOLE_WEEK:
            return (day, bucket), sums
        if self.detail.is_in_weeks(day):
            moments = replace(sums, squares=0.0, raw=0.0)  # of the day, whose hours do not matter
            of_week = shift_moments(moments, day.weekday() * DAY_SECONDS) if is_entry else sums
            return (week_start(day), WHOLE_WEEK), of_week
        if day < self.detail.hours_from:
            return (day, WHOLE_DAY), sums
        if bucket.endswith("+") or not self.detail.is_in_blocks(day):
            return (day, bucket), sums
        hour = int(bucket)
        first = find_block(hour)
        of_block = shift_moments(sums, (hour - first) * HOUR_SECONDS) if is_entry else sums
        return (day, name_block(first)), of_block

    def add_duration(self, measure: str, index: int, sums: CounterSums) -> None:
        """Add an amount to a bucket of one of `DURATIONS`."""
        durations = self.took if measure == TOOK else self.since_start
        earlier = durations.get(index)
        durations[index] = sums if earlier is None else earlier + sums

    def take_out(self, walks: Iterable[StageWalk], window: timedelta) -> None:
        """Take the amounts of these walks back, so that only the other walks are left."""
        for walk in walks:
            for move in walk_moves(walk, window):
                self.add(move._replace(sums=-move.sums))

    def take_out_all(self) -> None:
        """Take the presence of all walks out; their amounts and starts stay."""
        self.entered, self.took, self.went_on = {}, {}, 0

    @property
    def walks(self) -> int:
        """Number of walks that entered."""
        return sum(sums.n for sums in self.entered.values())
